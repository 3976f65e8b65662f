"""Headings of sections and items."""

from __future__ import annotations

from checked import found


def test_the_same_heading_twice_is_a_warning() -> None:
    """Letter case aside, of sections and items."""
    assert found("## A\nText\n\n## S\n\n### a\nText\n\n## B\nText") == [
        ("warning", "heading-duplicate", 9)
    ]


def test_an_issue_without_items_is_a_warning() -> None:
    """Nothing but an intro."""
    assert found("Hello") == [("warning", "no-items", 0)]
