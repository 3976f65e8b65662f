"""All checks of an issue beyond its format."""

from __future__ import annotations

from collections.abc import Callable

from mailer.composer.checking import (
    audiences,
    contrast,
    headings,
    inbox,
    linklines,
    links,
    linktexts,
    names,
    pictures,
    publication,
    repeats,
    size,
    slots,
    styles,
    support,
    typography,
    wording,
)
from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.finding import Finding
from mailer.model.issue import Issue

__all__ = ["CheckContext", "check"]

_CHECKS: tuple[Callable[[Issue, CheckContext, Report], None], ...] = (
    inbox.check,
    headings.check,
    names.check,
    wording.check,
    typography.check,
    slots.check,
    audiences.check,
    links.check,
    linktexts.check,
    linklines.check,
    repeats.check,
    pictures.check,
    publication.check,
    size.check,
    contrast.check,
    styles.check,
    support.check,
)


def check(issue: Issue, context: CheckContext) -> tuple[Finding, ...]:
    """Every finding about the issue, in the order of the file."""
    report = Report(context.file)
    for each in _CHECKS:
        each(issue, context, report)
    return report.findings()
