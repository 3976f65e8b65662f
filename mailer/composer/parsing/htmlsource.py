"""The editor's own HTML as it stands in an issue file."""

from __future__ import annotations

import re

from mailer.composer.report import Report

_COMMENT = re.compile(r"<!--(?:>|->|.*?-->)", re.DOTALL)
_OPENING = "<!--"


def without_comments(html: str, report: Report, line: int) -> str:
    """HTML without its comments; from one that is not closed on, all is dropped."""
    text = _COMMENT.sub("", html)
    before, opening, _ = text.partition(_OPENING)
    if opening:
        _report_unclosed(report, line)
    return before


def blanked(html: str) -> str:
    """HTML with its comments as nothing but their line ends, so that lines can be counted."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), html).partition(_OPENING)[0]


def report_opening(text: str, report: Report, line: int) -> None:
    """An error where running text holds the beginning of a comment: it would show."""
    if _OPENING in text:
        _report_unclosed(report, line)


def _report_unclosed(report: Report, line: int) -> None:
    message = "this HTML comment is not closed within its paragraph"
    mend = "close it with -->, or begin it on a line of its own"
    report.add("comment-unclosed", line, message, mend)
