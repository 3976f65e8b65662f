from __future__ import annotations

import dataclasses
import re

import pytest
import theming
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types
from markupsafe import Markup

from mailer.composer.compose import compose
from mailer.composer.html.words import default_of, phrase, plain, printable
from mailer.model.content import (
    Block,
    BulletList,
    Callout,
    CalloutKind,
    CodeBlock,
    CodeSpan,
    Divider,
    Figure,
    Footnote,
    FootnoteReference,
    Formula,
    Hyperlink,
    Inline,
    LineBreak,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    RawInline,
    Run,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
    Video,
    Width,
)
from mailer.model.issue import Issue, Item, Link, Part, Role, Section
from mailer.model.slot import Slot, SlotKind, fill

THEME = theming.digest()


def issue_with(*blocks: Block, footnotes: tuple[Footnote, ...] = ()) -> Issue:
    return Issue(
        "x", "Title", None, None, ("Subject",), "Preheader", "en", None, blocks, (), (), footnotes
    )


def intro(*blocks: Block, footnotes: tuple[Footnote, ...] = ()) -> str:
    """The HTML of blocks, as they stand in the intro of a page."""
    page = compose(issue_with(*blocks, footnotes=footnotes), THEME, theming.frame()).page
    return (
        re.split(r'<div class="w"[^>]*>', page, maxsplit=1)[1]
        .split("</main>")[0]
        .rsplit("</div>", 1)[0]
        .strip()
    )


def paragraph(*children: Inline | str) -> Paragraph:
    return Paragraph(tuple(Text(c) if isinstance(c, str) else c for c in children), 1)


def hyperlink(*parts: str | Slot, text: str = "x", title: str = "") -> Hyperlink:
    return Hyperlink(Url(parts), (Text(text),), title, 1)


@pytest.mark.parametrize(
    ("inline", "html"),
    [
        (Text("<b> & \"c\" 'd'"), "&lt;b&gt; &amp; &#34;c&#34; &#39;d&#39;"),
        (CodeSpan("<i>"), "<code>&lt;i&gt;</code>"),
        (Formula("n", (Run("n", "italic"),)), "<i>n</i>"),
        (Formula('x"<1', (Run("x", "bold"), Run(" < 1"))),
         '<span title="x&#34;&lt;1"><b>x</b> &lt; 1</span>'),
        (LineBreak(hard=True), "<br>\n"),
        (LineBreak(hard=False), "\n"),
        (Styled("em", (Text("&"),)), "<em>&amp;</em>"),
        (Styled("strong", (Styled("s", (Text("x"),)),)), "<strong><s>x</s></strong>"),
        (hyperlink("https://a.example/?a=1&b=2"), '<a href="https://a.example/?a=1&amp;b=2">x</a>'),
        (hyperlink("mailto:a@b.example", title='"t"'),
         '<a href="mailto:a@b.example" title="&#34;t&#34;">x</a>'),
        (hyperlink("#anchor"), '<a href="#anchor">x</a>'),
        (FootnoteReference(3), '<sup><a href="#n.3" id="r.3">3</a></sup>'),
        (Slot("name", "a <b>"), "a &lt;b&gt;"),
        (Slot("name"), ""),
        (RawInline("<script>alert(1)</script>"), ""),
    ],
)  # fmt: skip
def test_each_inline_is_typed_and_escaped(inline: Inline, html: str) -> None:
    assert intro(paragraph("a", inline, "b")) == f"<p>a{html}b</p>"


@pytest.mark.parametrize(
    "target", ["javascript:x", " javascript:x", "data:x", "java\nscript:x", "x.html", "//a.example"]
)
def test_a_target_that_mail_may_not_link_to_leaves_the_text(target: str) -> None:
    assert intro(paragraph(hyperlink(target))) == "<p>x</p>"


def test_a_slot_cannot_be_a_target() -> None:
    assert intro(paragraph(hyperlink(Slot("url", "javascript:x")))) == "<p>x</p>"
    assert intro(paragraph(hyperlink())) == "<p>x</p>"


def test_a_slot_in_a_target_is_a_component_of_the_url() -> None:
    link = hyperlink("https://a.example/?q=", Slot("q", "a b&c/d"), "&x=1")
    assert 'href="https://a.example/?q=a%20b%26c%2Fd&amp;x=1"' in intro(paragraph(link))
    html = compose(issue_with(paragraph(link)), THEME, theming.frame()).html
    assert Slot("q", "a b&c/d", SlotKind.URL) in html


def test_a_pair_of_raw_tags_survives_around_other_inlines() -> None:
    found = intro(
        paragraph(RawInline("<b>"), "1 < 2 ", hyperlink("https://a.example"), RawInline("</b>"))
    )
    assert found == '<p><b>1 &lt; 2 <a href="https://a.example">x</a></b></p>'


def test_only_the_first_reference_to_a_footnote_has_the_anchor() -> None:
    found = intro(paragraph(FootnoteReference(1), FootnoteReference(1)))
    assert found.count('id="r.1"') == 1
    assert found.count('href="#n.1"') == 2


BLOCKS: list[tuple[Block, str]] = [
    (Divider(1), "<hr>"),
    (CodeBlock("a <b>\n\n", "", 1), "<pre>a &lt;b&gt;</pre>"),
    (CodeBlock("if 1: 'a'  # <b>\n", "python", 1),
     "<pre><b>if</b> <kbd>1</kbd>: <samp>&#39;a&#39;</samp>  <i># &lt;b&gt;</i></pre>"),
    (Callout(CalloutKind.NOTE, (), (paragraph("a"),), 1),
     '<div class="box note">\n<p><b>Note</b></p>\n<p>a</p>\n</div>'),
    (Callout(CalloutKind.WARNING, (Text("<a>"),), (), 1),
     '<div class="box warning">\n<p><b>Warning: &lt;a&gt;</b></p>\n</div>'),
    (Quote((paragraph("&"),), 1), "<blockquote><p>&amp;</p>\n</blockquote>"),
    (Subheading((Text("<h>"),), 1), "<h2>&lt;h&gt;</h2>"),
    (BulletList(((paragraph("a"),), (paragraph("b"),)), 1),
     "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    (NumberedList(((paragraph("a"),),), 7, 1), '<ol start="7">\n<li>a</li>\n</ol>'),
    (NumberedList(((paragraph("a"), paragraph("b")),), 1, 1),
     "<ol>\n<li><p>a</p>\n<p>b</p>\n</li>\n</ol>"),
    (RawBlock("<div onclick=x>a<script>b</script>", 1), "<div>a</div>"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "html"), BLOCKS, ids=lambda x: type(x).__name__)
def test_each_block_gets_the_look_of_the_theme(block: Block, html: str) -> None:
    assert intro(block) == html


def test_a_table_of_content_says_which_cells_are_headings() -> None:
    cells = ((Text("a"),), (Text("<"),))
    table = Table(cells, (cells,), (None, "right"), 1)
    assert (
        '<tr><th scope="col" class="cell">a</th><th scope="col" class="cell right">&lt;</th></tr>\n'
        '<tr><td class="cell">a</td><td class="cell right">&lt;</td></tr>'
    ) in intro(table)


def figure(source: str, url: str = "", title: str = "") -> str:
    target = Url((url,)) if url else None
    return intro(Figure(((Picture(source, 'the "alt"', title, 1), target),), 1))


@pytest.mark.parametrize(
    ("source", "size"),
    [
        ("images/wide.png", 'width="560" height="299"'),  # twice the column: the column
        ("images/medium.png", 'width="400" height="250" style="max-width:400px"'),  # half
        ("images/small.png", 'width="300" height="200" style="max-width:300px"'),  # as it is
    ],
)
def test_a_picture_has_its_size_in_attributes(source: str, size: str) -> None:
    assert f' alt="the &#34;alt&#34;" {size}></p>' in figure(source)


@pytest.mark.parametrize(
    ("source", "width", "size"),
    [
        ("images/wide.png", Width(320, "px"), 'width="320" height="171" style="max-width:320px"'),
        ("images/wide.png", Width(25, "%"), 'width="140" height="75" style="max-width:140px"'),
        ("images/wide.png", Width(900, "px"), 'width="560" height="299"'),
        ("images/small.png", Width(100, "%"), 'width="300" height="200" style="max-width:300px"'),
    ],
)
def test_a_picture_is_as_wide_as_is_asked_for(source: str, width: Width, size: str) -> None:
    """But no wider than its column, nor than its pixels."""
    html = intro(Figure(((Picture(source, "a", "", 1, width), None),), 1))
    assert f' alt="a" {size}></p>' in html


def video(still: str = "") -> str:
    picture = Picture(still, 'the "alt"', "", 1, is_still=True) if still else None
    return intro(Video(Url(("https://www.youtube.com/watch?v=a&b",)), (Text("A < B"),), picture, 1))


def test_a_video_is_a_link_that_names_its_host() -> None:
    """A button where there is no still, or none that can be used."""
    link = '<a href="https://www.youtube.com/watch?v=a&amp;b">'
    words = "\u25b6\ufe0e Watch: A &lt; B (youtube.com)</a></p>"
    for html in (video(), video("images/none.png")):
        assert html == f'<p class="box play">{link}{words}'
    html = video("images/wide.png")
    assert html.startswith(f'<p class="above">{link}<img class="p" src="https://news.')
    assert html.endswith(f'alt="the &#34;alt&#34;" width="560" height="299"></a></p>\n'
                         f'<p class="aside below">{link}{words}')  # fmt: skip


def test_a_video_that_no_mail_may_link_to_is_its_title() -> None:
    """The parser makes none of it; a tree by another hand may hold one."""
    html = intro(Video(Url(("javascript:x",)), (Text("A < B"),), None, 1))
    assert html == "<p>A &lt; B</p>"


def test_a_picture_is_absolute_and_may_be_a_link() -> None:
    html = figure("images/wide.png", "https://a.example/")
    assert '<a href="https://a.example/"><img class="p" src="https://news.example.org/pictu' in html


def test_a_picture_with_a_bad_link_is_a_picture() -> None:
    assert "<a" not in figure("images/wide.png", "javascript:x")


def test_a_bold_link_alone_is_a_button() -> None:
    """Among other words, or with a target that no mail may have, it is what it was."""
    bold = Styled("strong", (Text("Go"),))

    def link(url: str) -> Hyperlink:
        return dataclasses.replace(hyperlink(url), children=(bold,))

    go = link("https://a.example/")
    button = '<p><a class="k" href="https://a.example/"><strong>Go</strong></a></p>'
    assert intro(paragraph(go)) == button
    assert "class" not in intro(paragraph(go, Text(" now")))
    assert intro(paragraph(link("javascript:x"))) == "<p><strong>Go</strong></p>"


def test_a_pictures_title_is_its_caption() -> None:
    """Close to it, and small."""
    html = figure("images/wide.png", title="a < b")
    assert re.search(r'<p class="above"><img[^>]*></p>\n<p class="aside below">a &lt; b</p>', html)


def test_a_missing_picture_is_its_text() -> None:
    """A test mail goes out with findings: the place of the picture must not be a broken one."""
    assert figure("images/none.png") == '<p class="aside">Picture: the &#34;alt&#34;</p>'
    inline = intro(paragraph(Picture("images/none.png", "<alt>", "", 1)))
    assert inline == "<p>&lt;alt&gt;</p>"


def test_a_remote_picture_is_shown_without_a_size() -> None:
    assert 'src="https://a.example/x.png" alt="the &#34;alt&#34;"></p>' in figure(
        "https://a.example/x.png"
    )


def item(heading: str, *parts: Part, body: tuple[Block, ...] = ()) -> Item:
    return Item((Text(heading),), heading, "anchor", parts, body, (), 1)


def part(label: str, role: Role | None, url: str = "https://a.example/") -> Part:
    link = hyperlink(url, text=label)
    return Part((link, Text(" (beta)")), (Link(link.url, label, role, 1),), 1)


def page_of(*entries: Item | Section) -> str:
    issue = dataclasses.replace(issue_with(), entries=entries)
    return compose(issue, THEME, theming.frame()).page


def test_a_link_of_a_link_line_names_its_item() -> None:
    """ "colab" twelve times says nothing to somebody who hears the links alone."""
    page = page_of(item('DALL·E & "co"', part("project page", Role.PROJECT), part("x", None)))
    assert 'class="k" href="https://a.example/" aria-label="project page: DALL·E &amp;' in page
    assert '<a href="https://a.example/" aria-label="x: DALL·E &amp; &#34;co&#34;">x</a>' in page


def test_a_link_of_a_link_line_without_a_target_is_text() -> None:
    assert '<p class="l">Availability: paper (beta)</p>' in page_of(
        item("A", part("paper", None, ""))
    )


def test_raw_tags_in_a_link_line_are_cleaned_as_one() -> None:
    raw = Part((RawInline("<i>"), hyperlink("https://a.example/"), RawInline("</i>")), (), 1)
    assert '<i><a href="https://a.example/" aria-label="x: A">x</a></i>' in page_of(item("A", raw))


def test_no_heading_level_is_skipped() -> None:
    """h1 is the title; a subheading stands one below the heading that it belongs to."""
    below = (Subheading((Text("Below"),), 1),)
    section = Section((Text("S"),), "S", "s", below, (item("I", body=below),), (), 1)
    page = page_of(item("A", body=below), section)
    levels = [int(element.tag[1]) for element in lxml_html.fromstring(page).xpath(
        "//h1|//h2|//h3|//h4|//h5|//h6")]  # fmt: skip
    assert levels == [1, 2, 3, 2, 3, 3, 4]


def test_plain_inlines_are_what_is_read() -> None:
    slot = Slot("name")
    raw = (RawInline("<b>"), FootnoteReference(1), hyperlink("https://a.example", text="link"))
    children = (
        Text("a"),
        CodeSpan("b"),
        LineBreak(hard=True),
        Picture("", "alt", "", 1),
        Formula("x_1", (Run("x", "italic"), Run("₁"))),
        slot,
        *raw,
    )
    assert list(plain((Styled("em", children),))) == ["a", "b", " ", "alt", "x₁", slot, "link"]


def test_a_phrase_keeps_markup_and_escapes_the_rest() -> None:
    assert phrase("<{a}> {b} {c}", a=Markup("<b>"), b=Markup("{a}")) == "&lt;<b>&gt; {a} {c}"


def test_defaults_are_escaped_for_their_place() -> None:
    slot = Slot("name", 'a "b" & c/d')
    assert default_of(slot, SlotKind.HTML) == "a &#34;b&#34; &amp; c/d"
    assert default_of(slot, SlotKind.URL) == "a%20%22b%22%20%26%20c%2Fd"


def test_no_control_character_leaves() -> None:
    assert printable("a\x00\x1b\x85\x9f\ud800b\t\n") == "ab\t\n"
    html = compose(issue_with(paragraph("a\x00\x85b")), THEME, theming.frame()).html
    assert "<p>ab</p>" in fill(html, {})


@given(st.text())
def test_any_text_comes_back_from_the_page(text: str) -> None:
    """What the editor wrote is what the reader's parser reads, whatever it is."""
    expected = " ".join(printable(text).split())
    tree = lxml_html.fromstring(f"<div>{intro(paragraph(text))}</div>")
    assert " ".join(tree.text_content().split()) == expected
