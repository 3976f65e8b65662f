"""Where links lead."""

from __future__ import annotations

import pytest
from checked import found


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


def test_links_in_raw_html_are_checked_too() -> None:
    """Those of a block with their line, those of a paragraph as Markdown's."""
    link = '<a href="http://example.org">code</a>'
    body = f"## A\nLinks: {link}\n\n<div>\n{link}</div>\n\n## B\nLinks: {link}"
    assert found(body) == [
        *(("warning", "link-http", line) for line in (5, 8)),
        ("warning", "link-http", 11),
        ("warning", "link-duplicate", 11),
    ]
