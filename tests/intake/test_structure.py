"""What is a heading is told from plain text, in every layout, and no sentence is lost."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake import structure

from mailer.composer.parsing import parse
from mailer.composer.tree import plain
from mailer.intake.reading.manuscript import Heading, LinkLine, Manuscript, Remark
from mailer.intake.reading.text.reader import read
from mailer.intake.writing.issue_file import issue_file

MAIN = ("own", "apart", "dense")
DIGEST_TEXTS = [
    (digest, text)
    for digest in map(structure.labelled, sorted(structure.DIGESTS.glob("*/*.txt")))
    for layout, text in structure.layouts(digest)
    if layout in MAIN
]


@pytest.mark.parametrize(
    ("folder", "layouts"), [("tuned", MAIN), ("held", structure.LAYOUTS)], ids=["tuned", "held"]
)
def test_headings_are_told_from_paragraphs(folder: str, layouts: tuple[str, ...]) -> None:
    """In digests of many houses and languages; those of `held` were read only when the rules were
    made."""
    found = structure.scores(structure.DIGESTS / folder, layouts)
    headings, false, levels, kept = structure.shares(found)
    assert headings >= 97
    assert false <= 3
    assert levels >= 87
    assert kept == 100


def test_title_sign_off_and_what_is_left_out_are_those_that_are_labelled() -> None:
    for digest, text in DIGEST_TEXTS:
        manuscript = structure.manuscript_of(text)
        assert manuscript.title == next(text for label, text in digest.lines if label == "#")
        assert structure.ends_well(digest, manuscript), digest.name
        left_out = {line for entry in manuscript.left_out for line in entry.split("\n")}
        assert left_out == {text for label, text in digest.lines if label in ("-", "~")}


def headings(manuscript: Manuscript) -> list[str]:
    return [
        f"{'#' * piece.level} {plain(piece.children)}"
        for piece in manuscript.pieces
        if isinstance(piece, Heading)
    ]


DIGEST = """A title for March

Words of welcome, in a sentence that ends.

Gatling
{links}

The first paragraph. It has two sentences.

So what does it do?

It answers questions that nobody asked.

Second thing
{links}

The second paragraph.

Third thing
{links}

The third paragraph.
"""


@pytest.mark.parametrize(
    "links",
    [
        "Accessibility: project page / source code",
        "Availability: closed API, waiting list",
        "Paper | Code | Demo",
        "[paper] [code]",
        "Code: https://github.com/example/a | Paper: https://arxiv.org/abs/2101.00001",
        "Code: github.com/example/a",
        "https://github.com/example/a",
        "→ Project page",
        "Availability: [project page](https://example.org/a) / closed API",
        "[Paper](https://arxiv.org/abs/2101.00001), [code](https://github.com/example/a)",
        "Verfügbarkeit: Projektseite / Quellcode",
        "Доступность: исходный код",
    ],
)
def test_a_link_line_makes_the_line_above_it_a_heading(links: str) -> None:
    manuscript = read(DIGEST.format(links=links))
    assert headings(manuscript) == ["## Gatling", "## Second thing", "## Third thing"]
    assert sum(isinstance(piece, LinkLine) for piece in manuscript.pieces) == 3
    text = issue_file(manuscript, "")
    issue = parse.parse(text, "", parse.Defaults("en", (), "x")).issue
    assert issue
    assert all(item.link_line for item in issue.items())


@pytest.mark.parametrize("leave", ["Happy gardening,\nAnn", "--\nAnn"])
def test_who_signs_is_the_sign_off(leave: str) -> None:
    """Behind any kind wish, and behind the mark of a mail's signature (RFC 3676 §4.3)."""
    written = issue_file(read(f"A title\n\nAn intro, a sentence.\n\n{leave}\n"), "")
    parsed = parse.parse(written, "", parse.Defaults("en", (), "x")).issue
    assert parsed
    assert parsed.outline() == "intro · 0 items · sign-off"
    assert "Ann" in written.partition("\n---\n\n")[2]


def test_links_of_markdown_are_links_in_any_text() -> None:
    """Brackets that are none stay what they are."""
    sentence = (
        "A word on [typing](https://a.example/a_(b)), [sic](not) and [more](https://b.example)."
    )
    written = issue_file(read(f"A title\n\n{sentence}\n"), "")
    assert "on [typing](https://a.example/a_(b)), " in written
    assert " and [more](https://b.example).\n" in written
    assert "[sic]" in written


def test_links_known_by_address_keep_it_and_get_their_label() -> None:
    links = "Code: https://github.com/example/a | Paper: https://arxiv.org/abs/2101.00001"
    text = issue_file(read(DIGEST.format(links=links)), "")
    parts = "[Code](https://github.com/example/a) / [Paper](https://arxiv.org/abs/2101.00001)"
    assert f"## Gatling\nAvailability: {parts}\n" in text


def test_a_line_that_ends_in_an_address_is_no_heading_but_a_link_line() -> None:
    """Whatever its label is; one that says more is a sentence."""
    item = "{}\nA paragraph of some length. It has two sentences.\n{}\n"
    lines = ("Download: https://example.org/trees.csv", "Download: https://example.org/stops.csv")
    text = "A title for March\nAn intro, which is a sentence.\n"
    text += item.format("City trees", lines[0]) + item.format("Bus stops", lines[1])
    text += "Rain since 1880\nA paragraph.\n\nTry it at https://example.org/rain or ask us\n"
    manuscript = read(text)
    assert headings(manuscript) == ["## City trees", "## Bus stops", "## Rain since 1880"]
    written = issue_file(manuscript, "")
    assert "## Bus stops\nAvailability: [Download](https://example.org/stops.csv)\n" in written
    assert "\nTry it at <https://example.org/rain> or ask us\n" in written


def test_a_lead_in_that_says_how_many_ends_its_section() -> None:
    item = "{}\nLinks: paper\n\nA paragraph of some length, with a full stop.\n\n"
    names = ["First one", "Second one", "Third one", "Fourth one"]
    items = [item.format(name) for name in names]
    text = "Title of it\n\nIntro here.\n\n" + items[0]
    text += "Two of a kind\n\nTwo things came out in one week.\n\n" + "".join(items[1:])
    manuscript = read(text)
    assert headings(manuscript) == [
        "## First one",
        "## Two of a kind",
        "### Second one",
        "### Third one",
        "## Fourth one",
    ]
    remarks = [piece.text for piece in manuscript.pieces if isinstance(piece, Remark)]
    assert len(remarks) == 1
    assert "“Two of a kind”" in remarks[0]
    assert f"<!-- {remarks[0]} -->" in issue_file(manuscript, "")


SIGNS = (
    "the model # ## - * > 1. | [x](y) `a` **b** _c_ {{ slot }} {% if %} $x$ $5 <b> &amp; --- ==="
    " ::: more Availability: Code: / https://a.example/b?c=(d) www.x.org All Articles Share"
    " 31.01.2021 [^1] ![a](b) \\ ~~~ ``` \u00a0 \u200b TODO … ! ? Ärger снег 数据 مرحبا 🎉"
)
WORDS = st.sampled_from(SIGNS.split(" "))
LINES = st.lists(WORDS, max_size=9).map(" ".join)
TEXTS = st.lists(st.one_of(LINES, st.just(""), st.text(max_size=30)), max_size=14).map("\n".join)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_every_word_of_any_text_is_in_the_issue_or_in_what_was_left_out(text: str) -> None:
    require_every_word(text)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None)
@given(TEXTS)
def test_every_word_of_many_texts(text: str) -> None:
    require_every_word(text)


def require_every_word(text: str) -> None:
    """As readers see it: what Markdown would eat is escaped. The word that leads a link line is the
    theme's."""
    manuscript = read(text)
    parsed = parse.parse(issue_file(manuscript, ""), "", parse.Defaults("en", (), "x"))
    assert parsed.issue
    seen = shown(parsed.issue) + words(manuscript.title) + words(" ".join(manuscript.left_out))
    lost = [word for word in words(text) if word not in (*seen, "Availability")]
    assert not lost, lost


def shown(value: object) -> list[str]:
    """Every word of an issue, addresses among them."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, tuple):
        return [word for each in value for word in shown(each)]
    if is_dataclass(value):
        return [word for field in fields(value) for word in shown(getattr(value, field.name))]
    return []


def words(text: str) -> list[str]:
    clean = re.sub("[\u00ad\u200b\u2060\ufeff]", "", text)
    return re.findall(r"[^\W_]+", clean)
