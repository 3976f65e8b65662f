"""All checks together."""

from __future__ import annotations

from checked import findings, found


def test_a_good_issue_has_no_findings() -> None:
    """Local, linked and remote pictures, https and mailto links, a link within the issue."""
    body = (
        "See [below](#an-item) or [write](mailto:me@example.org).\n\n## An item\n"
        "Links: [code](https://example.org)\n\n![a](a.png)\n\n![b](https://example.org/b.png)"
    )
    assert found(body) == []


def test_findings_come_in_the_order_of_the_file() -> None:
    """Whatever rule they are of."""
    body = "![](b.png)\n\n## A\n[x](y)\n\n## A\nT"
    assert [finding.where.line for finding in findings(body)] == [4, 4, 7, 9]
