"""The report of a dispatch as an HTML file that stands alone: no script, nothing from elsewhere."""

from __future__ import annotations

import datetime as dt

from mailer.app import App
from mailer.desk.report import Issue, Report, Series, fates
from mailer.model.counted import number
from mailer.model.delivery import DispatchState, State
from mailer.web.charts import Chart, chart
from mailer.web.pages import STYLE, Pages
from mailer.web.site import site_of

_SHEET = "report.css"
_NOTES = {  # beside the words for what became of copies
    "sent": "taken by a relay",
    "deferred": "to be tried again",
    "uncertain": "may have arrived",
    "skipped": "cancelled, or their readers left before",
    "failed": "refused for good",
    "bounced": "came back later",
    "complained": "reported as unwanted",
    "unsubscribed": "left the list since",
}


def page(app: App, report: Report) -> str:
    pages: Pages = site_of(app).pages.with_sheets((STYLE, _SHEET), {})
    zone = app.timezone
    later = [(f"later: {kind.value}", refusal) for kind, refusal in report.returns]
    return pages.render(
        "report",
        report=report,
        standing=standing(report, zone),
        fates=fates(report),
        notes=_NOTES,
        sending=_over_time(report.sending, "sent", zone),
        after=_after(report, zone),
        refusals=[*(("at once", refusal) for refusal in report.failures), *later],
        domains=[
            (
                row.domain or "(erased)",
                (row.total, row.sent, row.failed, row.bounced, row.complained),
            )
            for row in report.domains
        ],
        issues=_issues(report),
        read=_read(report) if report.is_counted else None,
        months=_months(report),
        readers=_readers(report),
        rows=[(each.outline.issue_id, _numbers(each)) for each in (report.issue, *report.earlier)],
    )


def standing(report: Report, zone: dt.tzinfo) -> str:
    """How far the dispatch is, and what it waits for, as sentences."""
    status = report.status
    if status.state is DispatchState.SCHEDULED and status.scheduled_at is not None:
        return f"It is to begin on {_moment(status.scheduled_at, zone)}."
    at = status.started_at
    begun = "It has not begun" if at is None else f"It began on {_moment(at, zone)}"
    match status.state:
        case DispatchState.FINISHED:
            return f"{begun}, and every copy is settled."
        case DispatchState.CANCELLED:
            return f"{begun}, was cancelled, and sends nothing more."
        case DispatchState.PAUSED:
            reason = status.reason.rstrip(".")
            return f"{begun}, and is paused: {reason}.{_left(report, zone)}"
    return f"{begun}, and is not through.{_left(report, zone)}"


def _left(report: Report, zone: dt.tzinfo) -> str:
    """What is still to be done: a sentence of each kind."""
    status = report.status
    deferred, doubted = status.counts[State.DEFERRED], status.counts[State.UNCERTAIN]
    sentences = []
    if status.untried:
        sentences.append(f"{number(status.untried, 'copy is', 'copies are')} not yet tried.")
    if deferred:
        again = "" if report.due is None else f" from {_moment(report.due, zone)} on"
        sentences.append(f"{number(deferred, 'copy is', 'copies are')} to be tried again{again}.")
    if doubted:
        sentences.append(f"{number(doubted, 'copy waits', 'copies wait')} for your decision.")
    return "".join(f" {sentence}" for sentence in sentences)


def _moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    return f"{at.astimezone(zone):%d %B %Y at %H:%M}"


def _numbers(issue: Issue) -> tuple[int, ...]:
    of = issue.outline
    return of.total, of.sent, of.failed, of.bounced, of.complained, issue.left


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
