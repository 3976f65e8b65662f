"""The subject."""

from __future__ import annotations

import pytest
from checked import FINE, brief, issue_of

from mailer.composer.checking.check import check


@pytest.mark.parametrize(
    ("title", "finding"),
    [
        ("x" * 120, []),
        ("x" * 121, [("warning", "subject-cut", 0)]),
        ("ü" * 500, [("error", "subject-long", 0)]),
        ("x" * 999, [("error", "subject-long", 0)]),
        ('""', [("error", "subject-empty", 0)]),
        ('"{{ name }}"', [("error", "subject-empty", 0)]),
    ],
)
def test_the_subject(title: str, finding: list[tuple[str, str, int]]) -> None:
    """Empty without a slot's value or beyond a line of a mail: error; long: warning."""
    issue = issue_of("## I\nText", title)
    assert [brief(f) for f in check(issue, FINE)] == finding
