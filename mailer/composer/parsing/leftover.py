"""Words by which an editor marks unfinished text: none may reach a reader."""

from __future__ import annotations

import re

from mailer.composer.report import Report

_MARK = re.compile(r"\b(?:TK|TODO)\b")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def report_leftovers(text: str, report: Report, line: int) -> None:
    """An error for each left-over mark of `text`; addresses in it do not count."""
    for match in _MARK.finditer(_ADDRESS.sub("", text)):
        mend = "write what is missing, or remove it"
        report.add("left-over", line, f"{match[0]} is left over", mend)
