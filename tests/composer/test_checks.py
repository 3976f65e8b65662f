"""The checks beyond the format: pictures, links, headings, subject, address, size."""

from __future__ import annotations

import dataclasses
import re

import pytest
import theming

from mailer.composer.checks import CheckContext, check
from mailer.composer.compose import compose
from mailer.composer.parsing.parse import Defaults, parse
from mailer.model.edition import PictureFile
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from mailer.model.slot import Slot, SlotKind

PNG = PictureFile("abc.png", "image/png", 10, 10, b"")
FINE = CheckContext("issue.md", {"a.png": PNG}, {}, has_address=True, html=("x" * 20_000,))


def issue_of(body: str, title: str = "A digest") -> Issue:
    source = f"---\ntitle: {title}\n---\n{body}\n"
    issue = parse(source, "issue.md", Defaults("en", (), "x")).issue
    assert issue
    return issue


def found(body: str, context: CheckContext = FINE) -> list[tuple[str, str, int]]:
    return [(str(f.severity), f.rule, f.where.line) for f in check(issue_of(body), context)]


def test_a_good_issue_has_no_findings() -> None:
    """Local, linked and remote pictures, https and mailto links, a link within the issue."""
    body = (
        "See [below](#an-item) or [write](mailto:me@example.org).\n\n## An item\n"
        "Links: [code](https://example.org)\n\n![a](a.png)\n\n![b](https://example.org/b.png)"
    )
    assert found(body) == []


def test_missing_pictures_are_errors_with_their_reason() -> None:
    """Known to be missing, or not known at all; wherever a picture may stand."""
    body = (
        "![a](b.png)\n\n## I\n- text ![a](b.png)\n\n> ![a](c.png)\n\n"
        "| ![a](c.png) |\n|--|\n\n[![a](c.png)](https://example.org)"
    )
    context = dataclasses.replace(FINE, missing={"c.png": "not a picture"})
    assert found(body, context) == [
        ("error", "picture-missing", line) for line in (4, 7, 9, 11, 14)
    ]
    messages = [finding.message for finding in check(issue_of(body), context)]
    assert messages[0].startswith("b.png: no such picture")
    assert messages[2] == "c.png: not a picture"


def test_a_picture_without_text_is_a_warning() -> None:
    """It stays a warning: a decoration needs none."""
    assert found("## I\n![](a.png)") == [("warning", "picture-alt", 5)]


@pytest.mark.parametrize(
    ("target", "finding"),
    [
        ("http://example.org", [("warning", "link-http", 5)]),
        ("HTTPS://example.org", []),
        ("https://example.org/?{{ x }}", []),
        ("ftp://example.org", [("error", "link-scheme", 5)]),
        ("tel:+123", [("error", "link-scheme", 5)]),
        ("page.html", [("error", "link-scheme", 5)]),
        ("//example.org", [("error", "link-scheme", 5)]),
        ("#nowhere", [("error", "link-anchor", 5)]),
        ("#i", []),
    ],
)
def test_links_lead_somewhere_from_a_mail(target: str, finding: list[tuple[str, str, int]]) -> None:
    """https and mailto are fine, http is warned of, the rest leads nowhere."""
    assert found(f"## I\n[x]({target})") == finding


def test_links_are_checked_wherever_they_stand() -> None:
    """Headings, link lines, sections, lists, notes, sign-off, around pictures."""
    link = "[x](http://example.org)"
    body = (
        f"{link}\n\n## S {link}\n{link}[^s]\n\n### I {link}\nLinks: {link}\n\n- *{link}*[^i]\n\n"
        f"#### Q {link}\n[![a](a.png)](http://example.org)\n\n[^s]: {link}\n\n[^i]: {link}\n\n"
        f"---\n{link}\n"
    )
    lines = [finding[2] for finding in found(body) if finding[1] == "link-http"]
    assert lines == [4, 6, 7, 9, 10, 12, 14, 15, 17, 19, 22]


def test_an_empty_target_is_left_to_the_parser() -> None:
    """It has found it already."""
    assert found("## I\nLinks: [code]()") == []


def test_the_same_heading_twice_is_a_warning() -> None:
    """Letter case aside, of sections and items."""
    assert found("## A\nText\n\n## S\n\n### a\nText\n\n## B\nText") == [
        ("warning", "heading-duplicate", 9)
    ]


def test_two_items_with_the_same_first_link_are_a_warning() -> None:
    """A copied link line whose target was not changed."""
    item = "## {}\nLinks: [code](https://example.org/{}) / [paper](https://example.org)\n\n"
    body = item.format("A", 1) + item.format("B", 2) + item.format("C", 1)
    assert found(body) == [("warning", "link-duplicate", 11)]


def test_an_issue_without_items_is_a_warning() -> None:
    """Nothing but an intro."""
    assert found("Hello") == [("warning", "no-items", 0)]


@pytest.mark.parametrize(
    ("title", "finding"),
    [
        ("x" * 120, []),
        ("x" * 121, [("warning", "subject-long", 0)]),
        ("ü" * 500, [("error", "subject-long", 0)]),
        ("x" * 999, [("error", "subject-long", 0)]),
        ('""', [("error", "subject-empty", 0)]),
        ('"{{ name }}"', [("error", "subject-empty", 0)]),
    ],
)
def test_the_subject(title: str, finding: list[tuple[str, str, int]]) -> None:
    """Empty without a slot's value or beyond a line of a mail: error; long: warning."""
    issue = issue_of("## I\nText", title)
    assert [(str(f.severity), f.rule, f.where.line) for f in check(issue, FINE)] == finding


def test_no_postal_address_is_an_error() -> None:
    """It names the key to mend."""
    (finding,) = check(issue_of("## I\nText"), dataclasses.replace(FINE, has_address=False))
    assert (finding.severity, finding.rule) == (Severity.ERROR, "postal-address")
    assert "[publication] address" in finding.message


@pytest.mark.parametrize(
    ("size", "finding"),
    [
        (0, []),
        (89_999, []),
        (90_000, [("warning", "html-size", 0)]),
        (99_999, [("warning", "html-size", 0)]),
        (100_000, [("error", "html-size", 0)]),
    ],
)
def test_the_size_of_the_html(size: int, finding: list[tuple[str, str, int]]) -> None:
    """Gmail's limit is named before it is met."""
    slot = Slot("first_name", "x" * 9, SlotKind.HTML)
    context = dataclasses.replace(FINE, html=("x" * (size // 2), slot, "x" * (size - size // 2)))
    assert found("## I\nText", context) == finding
    assert all("Gmail" in f.message for f in check(issue_of("## I\nText"), context))


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
    (finding,) = check(issue_of(body), context)
    assert (finding.rule, finding.where.line) == ("html-size", line)
    assert f"{name} it passes {total:,}" in finding.message


def test_the_theme_names_the_headings_for_it() -> None:
    """A real issue that is too long names one of its items."""
    body = "".join(f"## Item {n}\n{'word ' * 400}\n\n" for n in range(60))
    issue = issue_of(body)
    edition = compose(issue, theming.digest(), theming.frame())
    (finding,) = check(issue, dataclasses.replace(FINE, html=edition.html))
    assert re.search(r"in 'Item [34]\d' it passes 100,000", finding.message)
    assert finding.where.line > 4


def test_links_in_raw_html_are_checked_too() -> None:
    """Those of a block with their line, those of a paragraph as Markdown's."""
    link = '<a href="http://example.org">x</a>'
    body = f"## A\nLinks: {link}\n\n<div>\n{link}</div>\n\n## B\nLinks: {link}"
    assert found(body) == [
        *(("warning", "link-http", line) for line in (5, 8)),
        ("warning", "link-http", 11),
        ("warning", "link-duplicate", 11),
    ]


def test_findings_come_in_the_order_of_the_file() -> None:
    """Whatever rule they are of."""
    findings: tuple[Finding, ...] = check(issue_of("![](b.png)\n\n## A\n[x](y)\n\n## A\nT"), FINE)
    assert [finding.where.line for finding in findings] == [4, 4, 7, 9]
