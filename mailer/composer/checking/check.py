"""All checks of an issue beyond its format."""

from __future__ import annotations

from collections.abc import Callable

from mailer.composer.checking import headings, links, pictures, publication, size, subject, support
from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.finding import Finding
from mailer.model.issue import Issue

__all__ = ["CheckContext", "check"]

_CHECKS: tuple[Callable[[Issue, CheckContext, Report], None], ...] = (
    headings.check,
    links.check,
    pictures.check,
    subject.check,
    publication.check,
    size.check,
    support.check,
)


def check(issue: Issue, context: CheckContext) -> tuple[Finding, ...]:
    """Every finding about the issue, in the order of the file."""
    report = Report(context.file)
    for each in _CHECKS:
        each(issue, context, report)
    return report.findings()
