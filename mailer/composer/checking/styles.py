"""The `<style>` of the message, which some clients drop whole for one slip."""

from __future__ import annotations

import re

from mailer.composer.checking.context import CheckContext
from mailer.composer.html import stylesheet
from mailer.composer.report import Report
from mailer.model.issue import Issue

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_LARGEST = 16_000  # bytes; Gmail drops all of it beyond 16 KB


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    html = "".join(part for part in context.html if isinstance(part, str))
    sheets = _STYLE.findall(html)
    for sheet in sheets:
        for message, mend in stylesheet.hazards(sheet):
            report.add(
                "style-hazard", 0, f"the <style> of theme {context.theme.name}: {message}", mend
            )
    size = sum(len(sheet.encode()) for sheet in sheets)
    if size > _LARGEST:
        message = (
            f"theme {context.theme.name} has {size:,} bytes of <style>, and Gmail drops it all"
        )
        report.add("style-size", 0, message, f"bring it below {_LARGEST:,}")
