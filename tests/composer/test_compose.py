"""Whole editions. The golden files say what an edition looks like to the letter; after a change
that is meant, write them anew with `REGENERATE_GOLDEN=1 pytest tests/composer/test_compose.py`."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys

import hostile
import pytest
import theming
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types
from vectors import VECTORS

from mailer.composer.compose import compose
from mailer.composer.frame import Logo
from mailer.composer.html import document, theme
from mailer.errors import MailerError
from mailer.model.content import Paragraph, Picture, RawBlock, Text
from mailer.model.edition import Edition, PictureFile, PictureSize
from mailer.model.issue import Item
from mailer.model.slot import (
    LIST_TITLE,
    PREFERENCES_URL,
    UNSUBSCRIBE_URL,
    Slot,
    SlotKind,
    fill,
)

THEME = theming.digest()
HARMFUL = (
    *("script", "iframe", "object", "embed", "base", "form"),
    *("input", "svg", "math", "video", "template"),
)
ASKING = ("srcdoc", "srcset", "action", "formaction", "background", "poster", "data", "xlink:href")


@pytest.fixture(scope="module")
def everything() -> Edition:
    return compose(theming.everything(), THEME, theming.frame())


def example(name: str) -> Edition:
    issue = theming.issue_of(theming.EXAMPLES / "issues" / f"{name}.md")
    return compose(issue, THEME, theming.frame())


@pytest.mark.parametrize("name", ["everything", "arabic"])
@pytest.mark.parametrize("of", theming.THEMES)
def test_the_edition_is_the_golden_one(of: str, name: str) -> None:
    """HTML and page of each theme; the text is the same in all of them."""
    edition = golden(of, name)
    parts = {f"{of}.html": edition.html, "txt": edition.text, f"{of}.page": (edition.page,)}
    for part, content in parts.items():
        path = theming.GOLDEN / f"{name}.{part}"
        if os.environ.get("REGENERATE_GOLDEN"):
            path.write_text(theming.written(content), encoding="utf-8")
        assert theming.written(content) == path.read_text(encoding="utf-8"), part


@pytest.mark.parametrize("of", theming.THEMES)
def test_the_message_is_the_golden_one(of: str) -> None:
    """One reader's copy, every octet that goes on the wire."""
    message = theming.message(golden(of, "everything"))
    path = theming.GOLDEN / f"everything.{of}.eml"
    if os.environ.get("REGENERATE_GOLDEN"):
        path.write_bytes(message)
    assert message == path.read_bytes()


def golden(of: str, name: str) -> Edition:
    issue = theming.issue_of(theming.GOLDEN / f"{name}.md")
    return compose(issue, theming.theme_named(of), theming.frame())


def test_the_edition_carries_what_the_message_needs(everything: Edition) -> None:
    assert everything.issue_id == "2021-02"
    assert everything.theme == "digest"
    assert everything.sender == "Neurodigest <editor@example.org>"
    assert everything.reply_to == "editor@example.org"
    assert everything.subject[0] == "Everything, "
    assert everything.pictures == ("wide.png", "medium.png", "small.png", "dot.png")


def test_carried_pictures_are_cited_by_the_message_and_linked_by_its_page() -> None:
    """A browser knows no `cid:`, and the page must not depend on the mail."""
    frame = dataclasses.replace(theming.frame(), carried=True)
    carried = compose(theming.everything(), THEME, frame)
    assert carried.carried == carried.pictures
    assert 'src="cid:wide.png@pictures.invalid"' in theming.shown(carried.html)
    assert "/pictures/wide.png" not in theming.shown(carried.html)
    assert "cid:" not in carried.page
    assert 'src="https://news.example.org/pictures/wide.png"' in carried.page
    assert compose(theming.everything(), THEME, theming.frame()).carried == ()


@pytest.mark.parametrize("of", theming.THEMES)
def test_a_logo_stands_for_the_name(of: str) -> None:
    """In the masthead of every theme, in the mail and on the page; with pictures blocked its text
    is the name, in the letters of the name. On the page it leads to the front page; it is not the
    picture by which a page is known."""
    picture = Picture("logo.png", "Neuro & digest", "", 0)
    logo = Logo(picture, PictureFile("logo.png", "image/png", 400, 100, b""))
    frame = dataclasses.replace(theming.frame(), logo=logo)
    edition = compose(theming.everything(), theming.theme_named(of), frame)
    assert edition.pictures[0] == "logo.png"
    for html, home in ((theming.shown(edition.html), None), (edition.page, frame.home_url)):
        tree = lxml_html.fromstring(html)
        (image,) = tree.xpath("//img[contains(@src, 'logo.png')]")
        assert image.get("src") == "https://news.example.org/pictures/logo.png"
        assert (image.get("alt"), image.get("width"), image.get("height")) == (
            "Neuro & digest",
            "200",
            "50",
        )
        around = image.getparent()
        assert around.get("href") == home
        assert around.tag in ("p", "strong", "a")
        assert around.text_content().strip() in ("", "Once a month & with code")
    assert 'og:image" content="https://news.example.org/pictures/wide.png"' in edition.page
    alone = compose(dataclasses.replace(theming.everything(), intro=(), entries=()), THEME, frame)
    assert "og:image" not in alone.page
    assert alone.pictures == ("logo.png",)


def test_what_is_cut_off_stands_on_the_page_alone() -> None:
    """Its pictures are the edition's, so that the page has them, and no mail carries them."""
    issue = theming.issue_of(theming.GOLDEN / "everything.md")
    last = issue.entries[-1]
    assert isinstance(last, Item)
    frame = dataclasses.replace(theming.frame(), carried=True)
    edition = compose(dataclasses.replace(issue, intro=(), entries=(last,)), THEME, frame)
    html = theming.shown(edition.html)
    assert "On the page alone" in edition.page
    assert "On the page alone" not in html
    link = "https://news.example.org/issues/2021-02#last-item"
    assert f'<a href="{link}" ' in html
    assert ">Continue on the web: Last item</a>" in html
    assert "Continue on the web: Last item [1]" in fill(edition.text, {})
    assert f"[1] {link}" in fill(edition.text, {})
    assert edition.pictures == ("small.png",)
    assert edition.carried == ()


def test_a_picture_on_the_web_has_its_size_where_that_is_known() -> None:
    """It is cited where it is, and is none of the edition's own."""
    url = "https://pictures.example.org/remote.png"
    frame = dataclasses.replace(theming.frame(), remote={url: PictureSize(1000, 500)})
    edition = compose(theming.everything(), THEME, frame)
    html = theming.shown(edition.html)
    assert re.search(rf'<img[^>]* src="{url}" alt="Remote" width="500" height="250"', html)
    assert edition.pictures == ("wide.png", "medium.png", "small.png", "dot.png")


def test_composing_twice_gives_the_same_bytes(everything: Edition) -> None:
    """Also in another process, whatever its hash seed."""
    again = compose(theming.everything(), theming.digest(), theming.frame())
    assert again == everything
    script = (
        "import theming; from mailer.composer.compose import compose;"
        "e = compose(theming.everything(), theming.digest(), theming.frame());"
        "print(e.content_hash)"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == everything.content_hash


def test_slots_are_typed_by_where_they_stand(everything: Edition) -> None:
    slots = {part for part in everything.html if isinstance(part, Slot)}
    assert slots == {
        Slot("first_name", "reader & friend", SlotKind.HTML),
        Slot("nickname", "a b", SlotKind.URL),
        Slot("nickname", None, SlotKind.HTML),
        Slot(UNSUBSCRIBE_URL, None, SlotKind.HTML),
        Slot(PREFERENCES_URL, None, SlotKind.HTML),
        Slot(LIST_TITLE, None, SlotKind.HTML),
    }
    in_text = {part.kind for part in everything.text if isinstance(part, Slot)}
    assert in_text == {SlotKind.TEXT, SlotKind.URL}


def test_no_sentinel_is_left(everything: Edition) -> None:
    html = theming.shown(everything.html)
    assert "slot.invalid" not in html
    assert f'<a href="{theming.VALUES[UNSUBSCRIBE_URL]}"' in html


def test_the_page_is_nobodys_own(everything: Edition) -> None:
    """Slots show their defaults; there is no way to somebody's subscription, and no script."""
    assert "Hello reader &amp; friend, this" in everything.page
    assert "?who=a%20b&amp;x=1" in everything.page
    assert "Unsubscribe" not in everything.page
    assert "Forwarded to you?" in everything.page
    assert 'href="https://news.example.org/subscribe">Subscribe</a>' in everything.page
    assert 'href="https://news.example.org/">All issues</a>' in everything.page
    assert not re.search(r"<script|premailer|\bon\w+=", everything.page)
    assert '<meta property="og:title" content="Everything at once: &lt;tags&gt;' in everything.page
    assert '<meta property="og:description" content="One of each: &lt;b&gt;' in everything.page


def test_the_structure_that_mail_needs(everything: Edition) -> None:
    html = theming.shown(everything.html)
    tree = lxml_html.fromstring(html)
    body = tree.find("body")
    assert html.startswith("<!DOCTYPE html>\n")
    assert (tree.get("lang"), tree.get("dir")) == ("en", "ltr")
    first = body[0]
    assert {k: first.get(k) for k in ("lang", "dir", "role", "aria-roledescription")} == {
        "lang": "en",
        "dir": "ltr",
        "role": "article",
        "aria-roledescription": "email",
    }
    assert first.get("aria-label") == tree.findtext(".//title") == tree.findtext(".//h1")
    assert first[0].get("style") == "display:none;mso-hide:all"
    assert first[0].text.startswith("One of each: <b> & co.")
    assert len(tree.xpath("//h1")) == 1
    for image in tree.xpath("//img[starts-with(@src, 'https://news.')]"):
        assert image.get("width").isdigit()
        assert image.get("height").isdigit()
        assert int(image.get("width")) <= 600
    for anchor in tree.xpath("//a[starts-with(@href, '#')]"):
        assert len(tree.xpath("//*[@id=$name]", name=anchor.get("href")[1:])) == 1


def test_kept_styles_follow_the_rules_of_mail_clients(everything: Edition) -> None:
    """No @ inside @, no comment, no space before !important, no comma in a query, small."""
    html = theming.shown(everything.html)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(styles) == 2
    sheet = "".join(styles)
    assert len(sheet) < 4000
    assert "/*" not in sheet
    assert " !important" not in sheet
    assert "var(" not in html
    for query in re.findall(r"@[^{]*", sheet):
        assert "," not in query
        assert query.count("@") == 1


def test_without_a_preheader_the_intro_opens_the_preview() -> None:
    issue = dataclasses.replace(theming.everything(), preheader="")
    html = theming.shown(compose(issue, THEME, theming.frame()).html)
    assert 'mso-hide:all">Hello reader &amp; friend, this issue has one of each thing.' in html


def test_an_issue_of_nothing_can_be_composed() -> None:
    issue = dataclasses.replace(
        *(theming.everything(),), intro=(), entries=(), sign_off=(), footnotes=(), number=None,
        date=None, preheader="",
    )  # fmt: skip
    edition = compose(issue, THEME, dataclasses.replace(theming.frame(), tagline="", address=""))
    assert "In this issue" not in edition.page
    assert "Issue" not in edition.page


def test_other_languages_set_direction_and_date() -> None:
    issue = dataclasses.replace(theming.everything(), lang="ar")
    html = theming.shown(compose(issue, THEME, theming.frame()).html)
    assert html.count('lang="ar" dir="rtl"') == 2
    assert '<pre dir="ltr"' in html
    assert '<code dir="ltr"' in html
    german = compose(dataclasses.replace(issue, lang="de-AT"), THEME, theming.frame())
    assert "28. Februar 2021" in german.page
    unknown = compose(dataclasses.replace(issue, lang="tlh"), THEME, theming.frame())
    assert "February 28, 2021" in unknown.page


def test_a_publication_changes_colours_and_strings() -> None:
    frame = dataclasses.replace(
        theming.frame(theming.WARM), strings={"en": {"contents": "Heute <neu>", "web": "Im Netz"}}
    )
    edition = compose(theming.everything(), THEME, frame)
    assert "Heute &lt;neu&gt;" in edition.page
    assert "background:#5a2416" in theming.shown(edition.html)
    assert "--mast:#5a2416" in edition.page
    assert "Im Netz: https://" in fill(edition.text, {})


def test_pictures_may_be_served_from_elsewhere() -> None:
    frame = dataclasses.replace(
        theming.frame(), picture_url=lambda picture: f"https://cdn.example.org/{picture.name}"
    )
    assert "https://cdn.example.org/wide.png" in compose(theming.everything(), THEME, frame).page


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("issue.html.j2", "issue.title", "issue.titel", r"_base/issue\.html\.j2:\d+: .* 'titel'"),
        ("issue.html.j2", "{{ why }}", "{% fi %}", r"theme digest: _base/issue\.html\.j2:\d+: "),
        ("blocks.html.j2", "{% if", "{% fi", r"theme digest: _base/blocks\.html\.j2:\d+: "),
        (
            *("blocks.html.j2", "paragraph(html)", "paragraph()"),
            r"_base/blocks\.html\.j2:\d+: macro 'paragraph' takes not more",
        ),
        ("blocks.html.j2", "blocks.separator()", "blocks.seperator()", r"blocks\.html\.j2:\d+: "),
        ("blocks.html.j2", "frame.tagline", "frame.__class__", "unsafe"),
        ("issue.html.j2", "{{ why }}", "{{ why | upper }}", "changes a slot"),
        ("issue.html.j2", "{{ why }}", "{{ why.__class__ }}", "unsafe"),
        ("issue.html.j2", "{{ why }}", "{% include 'x' %}", "there is no template x: mend"),
    ],
)
def test_a_fault_of_a_template_is_one_line(file: str, old: str, new: str, message: str) -> None:
    faulty = theme.from_layers(
        "digest", theming.altered("_base", file, old, new), theming.layer("digest")
    )
    with pytest.raises(MailerError, match=message) as caught:
        compose(theming.everything(), faulty, theming.frame())
    assert "\n" not in str(caught.value)


def test_a_publication_replaces_a_single_block_and_adds_rules() -> None:
    """All else stays the theme's: its other blocks, its colours, its own use of the block."""
    own = theming.over(
        "digest",
        blocks_html_j2="{% macro jump(it) %}<b>{{ it.label }} of {{ frame.publication }}</b>"
        "{% endmacro %}{% macro divider() %}<p>* * *</p>{% endmacro %}",
        style_css=".mast { padding: 9px }",
        theme_toml='[dark]\npaper = "#111111"\n[strings.en]\ncontents = "Today"\n',
    )
    edition = compose(theming.everything(), own, theming.frame())
    assert "<li><b>Last item of Neurodigest &lt;&amp; Sons&gt;</b></li>" in edition.page
    assert "<p>* * *</p>" in edition.page
    assert "<blockquote>" in edition.page
    html = theming.shown(edition.html)
    assert "padding:9px" in html
    assert ".sheet{background:#111111!important}" in html
    assert "Today" in html


def test_a_publication_replaces_a_whole_template_and_may_build_on_ours() -> None:
    own = theming.over("letter", page_html_j2='{% extends "_base/page.html.j2" %}')
    edition = compose(theming.everything(), own, theming.frame())
    plain = compose(theming.everything(), theming.theme_named("letter"), theming.frame())
    assert edition.page == plain.page


@pytest.mark.slow  # hundreds of texts in every field
@pytest.mark.parametrize("of", theming.THEMES)
def test_nothing_that_runs_comes_out_of_any_field(of: str) -> None:
    """A browser looks at one theme (tests/browser/test_script.py), this at what all of them say."""
    for start in range(0, len(VECTORS), 20):
        vectors = VECTORS[start : start + 20]
        frame = hostile.frame(" ".join(vectors))
        edition = compose(hostile.packed(hostile.issue, vectors), theming.theme_named(of), frame)
        for html in (theming.shown(edition.html), edition.page):
            assert _harmful(html) == [], vectors


def _harmful(html: str) -> list[object]:
    """Elements, attributes and addresses that no mail may hold."""
    tree = document.parsed(html)
    found: list[object] = tree.xpath("|".join(f"//{tag}" for tag in HARMFUL))
    for element in tree.iter(lxml_html.etree.Element):
        found += [name for name in element.attrib if name.startswith("on") or name in ASKING]
        targets = (element.get(name) for name in ("href", "src"))
        found += [t for t in targets if t and not re.match(r"https?://|mailto:|cid:|#", t)]
        styles = element.get("style", ""), element.text or "" if element.tag == "style" else ""
        found += [css for css in styles if re.search(r"url\(|expression\(|@import", css)]
    return found


def test_nothing_is_lost_behind_long_words_or_deep_html() -> None:
    """libxml2 by itself ends a document where 256 elements are open."""
    deep = RawBlock("<div>" * 400 + "deep" + "</div>" * 400, 1)
    words = Paragraph((Text("a" * 10_000),), 1)
    issue = dataclasses.replace(theming.everything(), intro=(words, deep))
    html = theming.shown(compose(issue, THEME, theming.frame()).html)
    assert ">deep<" in html
    assert "Until next month!" in html
    assert "</wbr>" not in html


@pytest.mark.parametrize("of", theming.THEMES)
def test_a_letter_to_one_person_has_no_link_of_a_list(of: str) -> None:
    """In every theme: the foot says who writes, and nothing of a subscription."""
    frame = dataclasses.replace(theming.frame(), personal=True)
    letter = compose(theming.everything(), theming.theme_named(of), frame)
    assert not {LIST_TITLE, UNSUBSCRIBE_URL, PREFERENCES_URL} & {s.name for s in letter.slots()}
    foot = fill(letter.html, theming.VALUES).rpartition('class="aside"')[2]
    assert frame.address.splitlines()[0] in foot
    assert "href" not in foot
