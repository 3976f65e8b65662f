"""Headings of sections and items."""

from __future__ import annotations

import pytest
from checked import found


def test_the_same_heading_twice_is_a_warning() -> None:
    """Letter case aside, of sections and items."""
    assert found("## A\nText\n\n## S\n\n### a\nText\n\n## B\nText") == [
        ("warning", "heading-duplicate", 9)
    ]


def test_an_issue_without_items_is_a_warning() -> None:
    """Nothing but an intro."""
    assert found("Hello") == [("warning", "no-items", 0)]


def test_a_heading_that_is_only_a_picture_is_a_warning() -> None:
    """In a table of contents and where pictures are blocked it says nothing."""
    body = (
        "## ![a](a.png)\nText\n\n## S\n\n### I ![a](a.png)\nText\n\n#### [![a](a.png)](#i-a)\nText"
    )
    assert found(body) == [("warning", "heading-picture", 4), ("warning", "heading-picture", 12)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<h4>a</h4>\n\n## I\nText", [4]),
        ("## I\n<h4 dir=ltr>a</h4>", [5]),
        ("## I\nText\n\n> <h4>a</h4>", [7]),
        ("## I\n<h4>a</h4>\n\n<h4>b</h4>", [5]),
        ("## I\n#### One\n\n<h4>a</h4>", []),
        ("## S\n\n### I\n<h4>a</h4>", []),
        ("## S\n<H4>a</H4>\n\n### I\nText", [5]),
        ("## I\n<p>h4</p>", []),
    ],
)
def test_raw_html_skips_no_level(body: str, lines: list[int]) -> None:
    """Its only heading is of level 4, which fits where one of level 3 stands above."""
    assert found(body) == [("warning", "heading-raw", line) for line in lines]
