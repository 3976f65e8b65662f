"""The size of the HTML."""

from __future__ import annotations

import dataclasses
import re

import pytest
import theming
from checked import FINE, findings, found, issue_of

from mailer.composer.checking.check import check
from mailer.composer.compose import compose
from mailer.model.slot import Slot, SlotKind


@pytest.mark.parametrize(
    ("size", "finding"),
    [
        (0, []),
        (89_999, []),
        (90_000, [("warning", "html-size-near", 0)]),
        (99_999, [("warning", "html-size-near", 0)]),
        (100_000, [("error", "html-size", 0)]),
    ],
)
def test_the_size_of_the_html(size: int, finding: list[tuple[str, str, int]]) -> None:
    """Gmail's limit is named before it is met."""
    slot = Slot("first_name", "x" * 9, SlotKind.HTML)
    context = dataclasses.replace(FINE, html=("x" * (size // 2), slot, "x" * (size - size // 2)))
    assert found("## I\nText", context) == finding
    assert all("Gmail" in f.message for f in findings("## I\nText", context))


@pytest.mark.parametrize(
    ("total", "gaps", "line", "name"),
    [
        (100_000, (0, 0, 0, 0), 13, "in 'C'"),
        (100_000, (90_000, 0, 0, 9_800), 13, "in 'C'"),
        (100_000, (90_000, 0, 0, 9_999), 11, "in 'Ü'"),
        (100_000, (0, 0, 99_999, 0), 8, "in 'A'"),
        (100_000, (99_900, 99_900, 0, 0), 6, "in 'S'"),
        (100_000, (100_000, 0, 0, 0), 0, "before the first item"),
        (90_000, (0, 0, 89_999, 0), 8, "in 'A'"),
    ],
)
def test_the_item_that_crosses_the_limit_is_named(
    total: int, gaps: tuple[int, ...], line: int, name: str
) -> None:
    """The last section or item whose heading begins within the limit, counted in bytes."""
    body = "Intro\n\n## S\n\n### A\nText\n\n### Ü\nText\n## C\nText"
    parts = ["é" * (gap // 2) + f'<h2 id="{a}">' for gap, a in zip(gaps, "saüc", strict=True)]
    html = "".join(parts)
    context = dataclasses.replace(FINE, html=(html, "x" * (total - len(html.encode()))))
    (finding,) = findings(body, context)
    assert (finding.rule.removesuffix("-near"), finding.where.line) == ("html-size", line)
    assert f"{name} it passes {total:,}" in finding.message


def test_the_theme_names_the_headings_for_it() -> None:
    """A real issue that is too long names one of its items."""
    body = "".join(f"## Item {n}\n{'word ' * 400}\n\n" for n in range(60))
    issue = issue_of(body)
    edition = compose(issue, theming.digest(), theming.frame())
    (finding,) = check(issue, dataclasses.replace(FINE, html=edition.html))
    assert re.search(r"in 'Item [34]\d' it passes 100,000", finding.message)
    assert finding.where.line > 4
