"""Findings that an editor lets stand."""

from __future__ import annotations

import pytest

from mailer.composer.checking.allowing import judged
from mailer.composer.report import Report
from mailer.model.finding import Allowance, Finding


def reported(*rules: tuple[str, int, str]) -> tuple[Finding, ...]:
    report = Report("issue.md")
    for rule, line, message in rules:
        report.add(rule, line, message, "mend it")
    return report.findings()


FOUND = reported(("link-http", 9, "http://a is not encrypted"), ("link-http", 7, "http://b is not"))


def test_a_rule_is_allowed_as_a_whole() -> None:
    """What is allowed is kept, so that it can be counted."""
    result = judged(FOUND, [Allowance("link-http", "", "an old site", 3)], "issue.md", asked=False)
    assert result.findings == ()
    assert [f.where.line for f in result.allowed] == [7, 9]


def test_or_for_what_its_message_names() -> None:
    """The rest stays, in the order of the file."""
    result = judged(FOUND, [Allowance("link-http", "//a", "old", 3)], "issue.md", asked=False)
    assert [f.where.line for f in result.findings] == [7]
    assert [f.where.line for f in result.allowed] == [9]


def test_what_hides_nothing_is_a_finding_of_its_own() -> None:
    """With its line; another that hides the same findings is not."""
    allowances = [
        Allowance("link-http", "", "old", 3),
        Allowance("link-http", "//a", "old", 4),
        Allowance("link-http", "//c", "old", 5),
        Allowance("picture-alt", "", "a line", 6),
    ]
    result = judged(FOUND, allowances, "issue.md", asked=False)
    assert [(f.rule, f.where.line) for f in result.findings] == [
        ("allow-unused", 5),
        ("allow-unused", 6),
    ]


@pytest.mark.parametrize(("asked", "rules"), [(False, []), (True, ["allow-unused"])])
def test_what_only_the_network_tells_waits_until_it_is_asked(asked: bool, rules: list[str]) -> None:
    """A check without --links finds nothing that such an opt-out would hide."""
    result = judged((), [Allowance("link-moved", "", "known", 3)], "issue.md", asked=asked)
    assert [f.rule for f in result.findings] == rules
