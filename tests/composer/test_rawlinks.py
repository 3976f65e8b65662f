"""Links that an editor writes as `<a href="…">…</a>` inside a paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer.parsing.parse import Defaults, Parsed, parse
from mailer.composer.tree import inlines_of
from mailer.model.content import Figure, Hyperlink, Inlines, Paragraph, Picture, Styled, Text, Url
from mailer.model.issue import Item, Role
from mailer.model.slot import Slot, SlotKind

FRONT = "---\ntitle: A digest\n---\n"


def read(body: str) -> Parsed:
    return parse(FRONT + body, "issue.md", Defaults("en", (), "x"))


def inlines(body: str) -> Inlines:
    """The inlines of a paragraph that has no finding."""
    parsed = read(body)
    assert parsed.findings == ()
    assert parsed.issue
    (paragraph,) = parsed.issue.intro
    assert isinstance(paragraph, Paragraph)
    return paragraph.children


def link(target: str | Slot, *children: Text | Styled, title: str = "", line: int = 4) -> Hyperlink:
    return Hyperlink(Url((target,)), children, title, line)


def findings(body: str) -> list[tuple[str, str, int]]:
    return [(str(f.severity), f.rule, f.where.line) for f in read(body).findings]


def targets(body: str) -> list[str]:
    issue = read(body).issue
    assert issue
    return [inline.url.text for inline in inlines_of(issue) if isinstance(inline, Hyperlink)]


def test_it_is_read_as_a_link_of_markdown_is() -> None:
    """With its title and what stands in it, in whatever letters its tags are written."""
    assert inlines("a <A title='t' HREF=https://a.example/b>c *d*</A> e") == (
        Text("a "),
        link("https://a.example/b", Text("c "), Styled("em", (Text("d"),)), title="t"),
        Text(" e"),
    )


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("https://a.example/?a=1&copy=2&amp;c", "https://a.example/?a=1&copy=2&c"),
        (" https://a.example/a b\nc ", "https://a.example/a%20bc"),
        ("https://a.example/ü%20", "https://a.example/%C3%BC%20"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_its_address_is_the_one_that_a_browser_reads(written: str, target: str) -> None:
    """References decoded as in an attribute, white space removed, the rest percent-encoded."""
    assert targets(f'<a href="{written}">x</a>') == [target]


def test_slots_may_stand_in_its_address() -> None:
    """Typed as components of a URL; not as a whole address, nor in its title."""
    (found,) = inlines('<a href="https://a.example/?q={{ q }}">x</a>')
    assert isinstance(found, Hyperlink)
    assert found.url.parts == ("https://a.example/?q=", Slot("q", None, SlotKind.URL))
    assert findings('<a href="{{ q }}">x</a>') == [("error", "slot-place", 4)]
    titled = 'a\n<a href="https://a.example" title="{{ q }}">x</a>'
    assert findings(titled) == [("error", "slot-place", 5)]


def test_it_makes_link_lines_and_figures() -> None:
    """With a role from its label or host; a picture in it is a figure."""
    issue = read(
        '## I\nLinks: <a href="https://github.com/a">code</a> / <a href="https://a.example">b</a>'
        '\n\n<a href="https://a.example">![c](c.png)</a>'
    ).issue
    assert issue
    (item,) = issue.entries
    assert isinstance(item, Item)
    assert [found.role for found in item.links] == [Role.SOURCE, None]
    picture = Picture("c.png", "c", "", 7)
    assert item.body == (Figure(((picture, Url(("https://a.example",))),), 7),)


@pytest.mark.parametrize(
    "href", ["javascript:x", " JavaScript:x", "java\nscript:x", "java&#10;script:x", "data:x"]
)
def test_an_active_address_is_refused(href: str) -> None:
    """However it is hidden; its text stays."""
    body = f'<a href="{href}">x</a>'
    assert findings(body) == [("error", "link-scheme", 4)]
    assert targets(body) == []


def test_an_empty_one_is_what_an_empty_link_of_markdown_is() -> None:
    """Without a target an error, without a label a warning."""
    assert findings('<a href="">x</a>') == [("error", "link-empty", 4)]
    assert findings('<a href="https://a.example"></a>') == [("warning", "link-label", 4)]


def test_its_findings_have_the_line_where_it_begins() -> None:
    """Line ends inside its tags are counted."""
    body = 'a\n<a\nhref="https://a.example"\ntitle=t>x</a>\n<a href="data:x">y</a>'
    assert targets(body) == ["https://a.example"]
    assert findings(body) == [("error", "link-scheme", 8)]


@pytest.mark.parametrize(
    ("body", "expected", "dropped"),
    [
        ('<a href="https://a.example">x', [], 1),
        ("x</a> y</a>", [], 0),
        ('*<a href="https://a.example">x* y</a>', [], 1),
        ('<a href="https://a.example">x *y</a>*', [], 1),
        ('*<a href="https://a.example">x* *y</a>*', [], 1),
        ('[a <a href="https://a.example">x</a>](https://b.example)', ["https://b.example"], 1),
        ('<a href="https://a.example">x [a](https://b.example)</a>', ["https://b.example"], 1),
        ('<a href="https://a.example"><a href="https://b.example">x</a>', ["https://b.example"], 1),
        ("<a>x</a>", [], 1),
        ('<a name="n">x</a>', [], 2),
        ('<a href="https://a.example" CLASS=c onclick=x>x</a>', ["https://a.example"], 2),
        ("<a\u00a0href=x>y</a>", [], 1),
        ("<abbr>x</abbr>", [], 0),
    ],
)
def test_what_is_no_link_is_said(body: str, expected: list[str], dropped: int) -> None:
    """A tag without its other half, a link in a link, and every attribute that it loses."""
    assert targets(body) == expected
    assert findings(body) == [("warning", "html-dropped", 4)] * dropped


PIECES = (
    '<a href="https://a.example">¦</a>¦<a href=x y=z>¦<a/>¦*¦**¦[¦](https://b.example)¦ ¦x¦\n¦<b>¦`'
    "¦</b>¦<div>¦<!--¦-->¦<![¦<?¦<!x>¦<a¦'¦\"¦&#x7;¦{{ q }}¦\u00a0¦<script>¦<![CDATA[¦]]>¦<"
)


@given(st.lists(st.sampled_from(PIECES.split("¦")), max_size=40).map("".join))
def test_no_writing_of_tags_stops_the_reading(body: str) -> None:
    """Whatever stands in the file, there is an issue and there are findings."""
    assert read(body).issue
    assert read(f"<div>{body}").issue
