"""What the editor's own HTML says: its text and its links, the same in both editions."""

from __future__ import annotations

import pytest
import theming
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer import rawhtml
from mailer.composer.compose import compose
from mailer.composer.parsing.parse import Defaults, parse
from mailer.model.content import Hyperlink, LineBreak, RawBlock, RawInline, Text, Url

THEME = theming.digest()


def editions(body: str) -> tuple[list[str], str]:
    """The targets that the HTML links to, those of the frame aside, and the text."""
    issue = parse(f"---\ntitle: T\n---\n{body}\n", "issue.md", Defaults("en", (), "x")).issue
    assert issue
    edition = compose(issue, THEME, theming.frame())
    tree = lxml_html.fromstring(theming.shown(edition.html))
    targets = [t for t in tree.xpath("//a/@href") if not t.startswith(("https://news.", "#"))]
    return [rawhtml.address(target) for target in targets], theming.shown(edition.text)


def test_a_block_is_text_links_and_breaks() -> None:
    """With the lines of its links; an `<a>` without an address is its text alone."""
    html = '<p>a<br>b\n<a href=" https://a.example/?c&amp;d" title="e"><b>f</b></a></p><a>g</a>'
    link = Hyperlink(Url(("https://a.example/?c&d",)), (Text("f"),), "e", 8)
    assert [i for i in rawhtml.of_block(RawBlock(html, 7)) if i != Text(" ")] == [
        *(Text("a"), LineBreak(hard=True), Text("b\n"), link, Text("g"))
    ]


def test_a_tag_of_a_paragraph_says_nothing_but_a_break() -> None:
    """And HTML that a tree was given by another hand is cleaned as its HTML is."""
    assert rawhtml.of_inline(RawInline("<b>")) == ()
    assert rawhtml.of_inline(RawInline("<br>")) == (LineBreak(hard=True),)
    assert rawhtml.of_inline(RawInline("<script>x</script>y")) == (Text("y"),)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<a href="https://z.z/1">q</a>', "q [1]\n\n[1] https://z.z/1"),
        ('<p><a href="https://z.z/1">q</a></p>', "q [1]\n\n[1] https://z.z/1"),
        (
            '[a](https://z.z/1)\n\n<p>\n<a href="https://z.z/2">b</a>, '
            '<a href="https://z.z/1">c</a></p>',
            "a [1]\n\nb [2], c [1]\n\n[1] https://z.z/1\n[2] https://z.z/2",
        ),
        ("<p><a href='https://z.z/1'>https://z.z/1</a></p>", "https://z.z/1"),
        ('- <div><a href="https://z.z/1">q</a></div>', "- q [1]\n\n[1] https://z.z/1"),
        ("a<br>b", "a\nb"),
        ("<div>a<br>b</div>", "a\nb"),
    ],
)
def test_links_of_raw_html_are_numbered_in_the_text(body: str, text: str) -> None:
    assert text in editions(body)[1]


PIECES = (
    '<a href="https://a.example/1">¦<a href=https://a.example/2>¦</a>¦<a href="javascript:x">¦x¦ ¦'
    "*¦[y](https://a.example/3)¦[¦](https://a.example/4)¦\n¦\n\n¦<div>¦</div>¦<table>¦<td>¦<tr>¦"
    "</table>¦<b>¦</b>¦<script>¦</script>¦<textarea>¦<p¦>¦<img alt='¦'>¦<a title=\"¦\">¦<!--¦-->"
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(PIECES.split("¦")), max_size=30).map("".join))
def test_every_link_of_the_html_is_in_the_text(body: str) -> None:
    """However raw HTML and Markdown are mixed."""
    targets, text = editions(body)
    for target in targets:
        assert target in text
