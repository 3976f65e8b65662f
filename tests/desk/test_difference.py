"""What differs between two versions is told as an editor looks at them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from newsroom import JANUARY

from mailer.composer.compose import compose
from mailer.composer.frame import Frame
from mailer.composer.parsing import parse
from mailer.desk.difference import Difference, FieldChange, Kind, PartChange, PictureChange, compare
from mailer.model.edition import Edition, PictureFile
from mailer.premises import theme_of

DOT = PictureFile("aa.png", "image/png", 1, 1, b"")
OTHER = PictureFile("bb.png", "image/png", 1, 1, b"")


def composed(text: str = JANUARY, theme: str = "digest", picture: PictureFile = DOT) -> Edition:
    issue = parse.parse(text, "issue.md", parse.Defaults("en", (), "issue")).issue
    assert issue is not None
    frame = Frame(
        publication="News",
        sender="Editor <editor@example.org>",
        reply_to=None,
        address="1 Example Street",
        base="https://news.example.org",
        pictures={"dot.png": picture},
    )
    return compose(issue, theme_of(theme), frame)


def changed(old: str, new: str, theme: str = "digest", before: str = JANUARY) -> Difference:
    assert old in before
    return compare(composed(before, theme), composed(before.replace(old, new), theme))


def parts(found: Difference) -> set[tuple[str, str]]:
    return {(part.kind.value, part.title) for part in found.parts}


def test_the_same_version_differs_in_nothing() -> None:
    found = compare(composed(), composed())
    assert found == Difference((), (), (), (), (), False)


@pytest.mark.parametrize("theme", ["digest", "letter", "bulletin"])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Disentangled", "Entangled", {("changed", "DeBERTa")}),
        ("https://example.org/clip", "https://example.org/clip2", {("changed", "CLIP")}),
        ("Hello", "Dear", {("changed", "the intro")}),
        ("Bye.", "Until March.", {("changed", "the sign-off")}),
        ("## CLIP", "## CLIP 2", {("added", "CLIP 2"), ("removed", "CLIP")}),
        ("## DeBERTa", "## New\n\nWords.\n\n## DeBERTa", {("added", "New")}),
    ],
)
def test_parts_are_told_by_their_titles(
    theme: str, old: str, new: str, expected: set[tuple[str, str]]
) -> None:
    """The neighbours of what changed are the same, in every theme."""
    assert parts(changed(old, new, theme)) == expected


def test_an_item_that_moved_is_no_other() -> None:
    """Only those out of place are named, and what stands in a section is an item too."""
    head, first, second = JANUARY.split("## ")
    third = "Third\n\nWords.\n\n"
    second, sign_off = second.split("---")
    before = "## ".join((head, first, second, third)) + "---" + sign_off
    after = "## ".join((head, third, first, second)) + "---" + sign_off
    assert parts(compare(composed(before), composed(after))) == {("moved", "Third")}


def test_fields_are_told_with_both_values() -> None:
    """A slot as its editor wrote it."""
    found = changed(
        'title: "January"', 'title: "January"\nsubject: "For {{ name | default(\'you\') }}"'
    )
    assert found.fields == (FieldChange("subject", "January", 'For {{ name | default("you") }}'),)
    assert found.summary() == "subject"


def test_text_is_a_unified_diff_with_the_slots() -> None:
    found = changed("Hello {{ first_name", "Dear {{ nickname")
    assert found.text[:2] == ("--- before", "+++ now")
    assert '-Hello {{ first_name | default("reader") }}.' in found.text
    assert '+Dear {{ nickname | default("reader") }}.' in found.text


def test_html_is_compared_with_one_tag_or_text_a_line() -> None:
    """So that a changed word shows as that word; a rule of the sheet has its line too."""
    found = changed("Words and", "Signs and")
    assert [line for line in found.html if line[0] in "-+"][2:] == [
        "-Words and pictures.",
        "+Signs and pictures.",
    ]
    old = composed()
    html = tuple(
        part.replace("ul{padding:0 22px}", "ul{padding:0 23px}") if isinstance(part, str) else part
        for part in old.html
    )
    look = compare(old, dataclasses.replace(old, html=html))
    assert [line for line in look.html if line[0] in "-+"][2:] == [
        "-ul{padding:0 22px}",
        "+ul{padding:0 23px}",
    ]
    assert look.summary() == "the look"


def test_another_theme_is_another_look(tmp_path: Path) -> None:
    """The parts say the same."""
    found = compare(composed(theme="digest"), composed(theme="letter"))
    assert found.fields == (FieldChange("theme", "digest", "letter"),)
    assert found.parts == ()
    assert found.text == ()
    assert found.html


def test_pictures_are_told_with_what_they_show() -> None:
    text = JANUARY.replace("Words", "![A dot](dot.png)\n\nWords")
    found = compare(composed(text), composed(text, picture=OTHER))
    assert found.pictures == (
        PictureChange(Kind.ADDED, "bb.png", "A dot"),
        PictureChange(Kind.REMOVED, "aa.png", "A dot"),
    )
    assert found.parts == (PartChange(Kind.CHANGED, "CLIP"),)
    assert found.summary() == "changed “CLIP”; pictures"


def test_what_is_on_the_web_page_alone_is_told_too() -> None:
    old = composed()
    found = compare(old, dataclasses.replace(old, page=old.page.replace("<main", "<main lang='x'")))
    assert (found.page, found.html, found.summary()) == (True, (), "the web page")


def test_a_change_behind_deep_html_is_told() -> None:
    page = composed().page.replace("Hello", f"{'<div>' * 1500}{'</div>' * 1500}Hello")
    old = dataclasses.replace(composed(), page=page)
    new = dataclasses.replace(composed(), page=page.replace("Bye.", "Until March."))
    assert {part.title for part in compare(old, new).parts} == {"the sign-off"}
