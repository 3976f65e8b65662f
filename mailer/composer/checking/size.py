"""The size of the HTML, which Gmail limits."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue

_GMAIL_BYTES = 100_000  # Gmail clips a message at about 102 KB of HTML
_NEAR_BYTES = 90_000


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    html = "".join(part for part in context.html if isinstance(part, str))
    size = len(html.encode())
    if size >= _GMAIL_BYTES:
        line, where = _crossing(issue, html, _GMAIL_BYTES)
        message = (
            f"the HTML has {size:,} bytes: Gmail shows about 102,000 and hides the rest, the "
            f"unsubscribe link too; {where} it passes {_GMAIL_BYTES:,}"
        )
        report.add("html-size", line, message, "shorten the issue")
    elif size >= _NEAR_BYTES:
        line, where = _crossing(issue, html, _NEAR_BYTES)
        message = (
            f"the HTML has {size:,} bytes, near Gmail's limit ({where} it passes {_NEAR_BYTES:,})"
        )
        report.add("html-size-near", line, message, f"keep it below {_GMAIL_BYTES:,}")


def _crossing(issue: Issue, html: str, limit: int) -> tuple[int, str]:
    """Line and name of the last item or section whose heading begins within `limit` bytes."""
    shown = html.encode()[:limit].decode(errors="ignore")
    within = [headed for headed in issue.headed() if f' id="{headed.anchor}"' in shown]
    if not within:
        return 0, "before the first item"
    return within[-1].line, f"in {within[-1].title!r}"
