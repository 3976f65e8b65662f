"""Subject and preheader, as the rows of an inbox show them."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, brief, issue_of

from mailer.composer.checking.check import check
from mailer.composer.checking.inbox import shown
from mailer.model.finding import Finding
from mailer.model.slot import Slot, SlotKind, Slotted

CONTEXT = dataclasses.replace(FINE, lines={"title": 2, "subject": 3, "preheader": 4})


def checked(subject: Slotted | str, preheader: str = "In short") -> list[Finding]:
    parts = (subject,) if isinstance(subject, str) else subject
    issue = dataclasses.replace(issue_of("## I\nText"), subject=parts, preheader=preheader)
    return list(check(issue, CONTEXT))


@pytest.mark.parametrize(
    ("subject", "finding"),
    [
        ("x" * 80, []),
        ("x" * 81, [("warning", "subject-cut", 3)]),
        ("目" * 40, []),
        ("目" * 41, [("warning", "subject-cut", 3)]),
        (("x" * 70, Slot("a", "y" * 10, SlotKind.HEADER)), []),
        (("x" * 70, Slot("a", "y" * 11, SlotKind.HEADER)), [("warning", "subject-cut", 3)]),
        ("ü" * 500, [("error", "subject-long", 3)]),
        ("x" * 999, [("error", "subject-long", 3)]),
        ("", [("error", "subject-empty", 3)]),
        ((Slot("name", None, SlotKind.HEADER),), [("error", "subject-empty", 3)]),
    ],
)
def test_the_length_of_the_subject(
    subject: Slotted | str, finding: list[tuple[str, str, int]]
) -> None:
    """Empty without a slot's value, or beyond a line of a mail: error; beyond a row: warning."""
    assert [brief(f) for f in checked(subject)] == finding


def test_without_a_subject_the_title_is_meant() -> None:
    """Its line is named."""
    issue = issue_of("## I\nText", "x" * 81)
    context = dataclasses.replace(FINE, lines={"title": 2})
    assert [brief(f) for f in check(issue, context)] == [("warning", "subject-cut", 2)]


def test_a_long_subject_is_shown_as_a_phone_shows_it() -> None:
    """So that an editor sees what is left of it."""
    (finding,) = checked("A digest of what was new in the month of October " * 2)
    assert "is 98 columns wide" in finding.message
    assert "“A digest of what was new in the month o…”" in finding.message


@pytest.mark.parametrize(
    ("text", "room", "row"),
    [
        ("A short one", 40, "A short one"),
        ("Who owns the words", 9, "Who owns…"),
        ("Who owns the words", 10, "Who owns…"),
        ("一二三四五", 7, "一二三…"),
        ("x" * 40, 40, "x" * 40),
    ],
)
def test_a_row_cuts_where_its_room_ends(text: str, room: int, row: str) -> None:
    """With an ellipsis, which takes a column; wide characters take two."""
    assert shown(text, room) == row


@pytest.mark.parametrize(
    ("subject", "shouts"),
    [
        ("READ THIS NOW", True),
        ("ЧИТАЙТЕ ЭТО", True),
        ("NASA 2021", False),
        ("READ THIS now", False),
        ("本期内容：读写与运行", False),
    ],
)
def test_all_capitals_are_shouting(subject: str, shouts: bool) -> None:
    """Not so an abbreviation, nor a script without capitals."""
    expected = [("warning", "subject-capitals", 3)] if shouts else []
    assert [brief(f) for f in checked(subject)] == expected


@pytest.mark.parametrize(
    ("before", "emoji", "found"),
    [
        (38, "🎉", True),
        (39, "🎉", True),
        (39, "👩🏽‍🚀", True),
        (39, "🇩🇪", True),
        (36, "🎉", False),
        (41, "🎉", False),
    ],
)
def test_an_emoji_at_the_cut(before: int, emoji: str, found: bool) -> None:
    """Where a phone's row of 40 columns ends, in whatever number of code points."""
    rules = [finding.rule for finding in checked("x" * before + emoji + " and more")]
    assert rules == (["subject-emoji"] if found else [])


def test_an_emoji_at_the_end_of_a_short_subject_is_fine() -> None:
    """Nothing is cut there."""
    assert checked("x" * 38 + "🎉") == []


def test_a_subject_of_pictures_alone_is_not_repeated() -> None:
    """It has no words that could be."""
    assert checked("🎉🎉") == []


@pytest.mark.parametrize(
    ("preheader", "rules"),
    [
        ("What the subject leaves out", []),
        ("", ["preheader-missing"]),
        ("…", ["preheader-missing"]),
        ("Eight things to read", ["preheader-repeats"]),
        ("eight THINGS to read: and more of them", ["preheader-repeats"]),
        ("Eight things", ["preheader-repeats"]),
        ("x" * 140, []),
        ("x" * 141, ["preheader-cut"]),
    ],
)
def test_the_preheader(preheader: str, rules: list[str]) -> None:
    """It is there, adds to the subject, and fits a row; its line is named, else the subject's."""
    found = checked("Eight things to read", preheader)
    assert [finding.rule for finding in found] == rules
    assert all(finding.where.line == 4 for finding in found)
