"""What every issue must show of its publication."""

from __future__ import annotations

from mailer.composer.checking.context import CONFIG_FILE, CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    if not context.has_address:
        message = "a newsletter must by law show a postal address"
        mend = "write it as address below [publication]"
        report.add("postal-address", 0, message, mend, CONFIG_FILE)
