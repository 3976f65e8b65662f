"""Sections and items by their headings."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    if not issue.entries:
        report.add("no-items", 0, "the issue has no items", "begin one with a ## heading")
    seen: dict[str, int] = {}
    for headed in issue.headed():
        first = seen.setdefault(headed.title.casefold(), headed.line)
        if first != headed.line:
            message, mend = f"the same heading as on line {first}", "tell the two apart"
            report.add("heading-duplicate", headed.line, message, mend)
