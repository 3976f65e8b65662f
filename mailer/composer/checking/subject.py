"""The subject, as an inbox shows it."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue
from mailer.model.slot import fill

_OCTETS = 998  # RFC 5322 §2.1.1, the longest line of a message
_CHARACTERS = 120


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    subject = fill(issue.subject, {})
    octets = len(subject.encode())
    if not subject.strip():
        mend = "write subject: … or title: …"
        report.add("subject-empty", 0, "the subject is empty", mend)
    elif octets > _OCTETS:
        message = f"the subject has {octets} octets, and a mail allows {_OCTETS}"
        report.add("subject-long", 0, message, "shorten it")
    elif len(subject) > _CHARACTERS:
        message = f"the subject has {len(subject)} characters and will be cut"
        report.add("subject-cut", 0, message, "shorten it")
