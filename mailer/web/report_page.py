"""The report of a dispatch as an HTML file that stands alone: no script, nothing from elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from mailer.app import App
from mailer.desk.report import MEASURES, Issue, Report, Series, usual
from mailer.web.charts import Chart, chart
from mailer.web.pages import STYLE, Pages
from mailer.web.site import site_of

_SHEET = "report.css"


def page(app: App, report: Report) -> str:
    pages: Pages = site_of(app).pages.with_sheets((STYLE, _SHEET), {})
    zone = app.timezone
    return pages.render(
        "report",
        report=report,
        shares=[(name, of(report.issue), *_shares(report, of)) for name, of in MEASURES.items()],
        when=f"{report.issue.outline.started_at.astimezone(zone):%d %B %Y at %H:%M}",
        sending=_over_time(report.sending, "sent", zone),
        after=_after(report, zone),
        issues=_issues(report),
        read=_read(report) if report.is_counted else None,
        months=_months(report),
        readers=_readers(report),
        rows=[report.issue, *report.earlier],
    )


def _shares(report: Report, of: Callable[[Issue], int]) -> tuple[str, str]:
    """Of this issue, and of those before it."""
    before = usual(report.earlier, of)
    return f"{report.issue.share(of):.2%}", "" if before is None else f"{before:.2%}"


def _over_time(series: Series, name: str, zone: dt.tzinfo) -> Chart:
    starts = [series.start + series.width * n for n in range(len(series.numbers))]
    labels = [f"{start.astimezone(zone):%d %b %H:%M:%S}" for start in starts]
    return chart(labels, [(name, series.numbers)])


def _after(report: Report, zone: dt.tzinfo) -> Chart:
    series = report.returning
    days = [series.start + series.width * n for n in range(len(series.numbers))]
    labels = [f"{day.astimezone(zone):%d %b}" for day in days]
    return chart(labels, [("came back", series.numbers), ("unsubscribed", report.leaving.numbers)])


def _issues(report: Report) -> Chart:
    issues = [*reversed(report.earlier), report.issue]
    labels = [issue.outline.issue_id for issue in issues]
    return chart(labels, [("sent", [issue.outline.sent for issue in issues])])


def _read(report: Report) -> Chart:
    """How often people opened and followed, issue by issue."""
    issues = [*reversed(report.earlier), report.issue]
    labels = [issue.outline.issue_id for issue in issues]
    opened, clicked = [issue.opened for issue in issues], [issue.clicked for issue in issues]
    return chart(labels, [("opened", opened), ("links followed", clicked)])


def _readers(report: Report) -> Chart:
    labels = [f"{span.start:%b %Y}" for span in report.health.spans]
    return chart(labels, [("readers at the month's end", report.health.sizes[1:])])


def _months(report: Report) -> Chart:
    spans = report.health.spans
    gone = [span.left + span.died for span in spans]
    labels = [f"{span.start:%b %Y}" for span in spans]
    return chart(labels, [("joined", [span.joined for span in spans]), ("left or died", gone)])
