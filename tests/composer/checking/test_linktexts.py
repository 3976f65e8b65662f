"""Texts of links that say where they lead."""

from __future__ import annotations

import pytest
from checked import FINE, brief, findings, found, issue_of

from mailer.composer.checking.check import check


@pytest.mark.parametrize(
    ("lang", "text", "says"),
    [
        ("en", "the paper by Brown and others", True),
        ("en", "here", False),
        ("en", "Click *here*.", False),
        ("en", "»More …«", False),
        ("en", "this", False),
        ("en", "this year", True),
        ("de-AT", "hier", False),
        ("de", "here", False),
        ("fr", "en savoir plus →", False),
        ("fr", "hier", True),
        ("es", "más", False),
        ("ru", "Подробнее", False),
        ("ar", "هنا", False),
        ("zh", "点击这里", False),
        ("it", "here", False),
        ("it", "qui", True),
    ],
)
def test_a_text_that_says_nothing_is_a_warning(lang: str, text: str, says: bool) -> None:
    """In the language of the issue, and in English."""
    issue = issue_of(f"## I\nSee [{text}](https://e.org).", lang=lang)
    assert [brief(f) for f in check(issue, FINE)] == ([] if says else [("warning", "link-text", 5)])


def test_it_is_looked_for_in_intro_notes_and_sign_off() -> None:
    """In a link line, the accessible name of a link names the item, so it is not."""
    link = "[here](https://e.org)"
    body = f"{link}[^1]\n\n## I\nLinks: {link} code\n\n> - {link}\n\n---\n{link}\n\n[^1]: {link}"
    assert [f for f in found(body) if f[1] == "link-text"] == [
        ("warning", "link-text", line) for line in (4, 9, 12, 14)
    ]


def test_the_same_text_for_two_targets_of_one_item_is_a_warning() -> None:
    """Two items may have the same, and the same target twice is fine."""
    one, two = "[code](https://e.org/1)", "[Code](https://e.org/2)"
    body = f"## A\nLinks: {one} / {two}\n\n{one} and {one}\n\n## B\n{two}\n\nand {one}"
    assert found(body) == [("warning", "link-text-same", 5), ("warning", "link-text-same", 12)]
    (first, _) = findings(body)
    assert first.message == "'Code' leads to https://e.org/1 and to https://e.org/2"
