"""What a dispatch came to: how an issue went, beside those before it."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from mailer.desk import attention, dispatches
from mailer.desk.attention import Attention
from mailer.ledger import counting, editions, figures, plan, reports
from mailer.ledger.figures import DomainFigures, Outline, Refusal
from mailer.log import without_addresses
from mailer.model.delivery import DispatchStatus, State
from mailer.model.report import ReportClass
from mailer.records import Records
from subscribers import health
from subscribers.health import Health

_EARLIER = 12  # issues that this one is held against
_MONTHS = 12
_DOMAINS = 12
_SPANS = 24  # of the time that the sending took
_DAYS = 14  # after it
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of spans of `width` from `start` on."""

    start: dt.datetime
    width: dt.timedelta
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of the list beside others. `left` are the readers who left before the next one,
    `opened` and `clicked` how often people did that, as far as it was counted."""

    outline: Outline
    left: int
    opened: int = 0
    clicked: int = 0

    def share(self, of: Callable[[Issue], int]) -> float:
        """Of its copies; 0 where there are none."""
        return of(self) / self.outline.total if self.outline.total else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """`earlier` are the list's issues before this one, the latest first. `failures` say why copies
    failed at once, `returns` what came back later; `attention` is None where nothing is counted,
    `due` is when the first deferred copy is tried again."""

    status: DispatchStatus
    due: dt.datetime | None
    title: str
    issue: Issue
    failures: tuple[Refusal, ...]
    returns: tuple[tuple[ReportClass, Refusal], ...]
    came_back: Mapping[ReportClass, int]
    domains: tuple[DomainFigures, ...]
    sending: Series
    returning: Series
    leaving: Series
    earlier: tuple[Issue, ...]
    health: Health
    attention: Attention | None

    @property
    def is_counted(self) -> bool:
        """Whether anything was counted of this issue, or of one before it."""
        return any(issue.opened or issue.clicked for issue in (self.issue, *self.earlier))


MEASURES: Mapping[str, Callable[[Issue], int]] = {
    "sent": lambda issue: issue.outline.sent,
    "failed": lambda issue: issue.outline.failed,
    "bounced": lambda issue: issue.outline.bounced,
    "complained": lambda issue: issue.outline.complained,
    "unsubscribed": lambda issue: issue.left,
}

_UNSETTLED: Mapping[str, Callable[[DispatchStatus], int]] = {
    "deferred": lambda status: status.counts[State.DEFERRED],
    "not yet tried": lambda status: status.untried,
    "uncertain": lambda status: status.counts[State.UNCERTAIN],
    "skipped": lambda status: status.counts[State.SKIPPED],
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of so many copies; `usual` is the share of those before, None where that is not
    known."""

    name: str
    number: int
    share: float
    usual: float | None


def fates(report: Report) -> list[Fate]:
    """What each copy of the dispatch is, which adds up to all of them, and what came after."""
    sent, failed, *later = [
        Fate(name, of(report.issue), report.issue.share(of), usual(report.earlier, of))
        for name, of in MEASURES.items()
    ]
    total = report.status.total
    others = [(name, of(report.status)) for name, of in _UNSETTLED.items()]
    unsettled = [Fate(name, number, number / total, None) for name, number in others if number]
    return [sent, *unsettled, failed, *later]


def usual(issues: Iterable[Issue], of: Callable[[Issue], int]) -> float | None:
    """The median share of some issues; None without any."""
    shares = [issue.share(of) for issue in issues]
    return statistics.median(shares) if shares else None


def report(app: Records, dispatch_id: int | None) -> Report:
    """Of one dispatch, by default the latest. Raises NotFound."""
    status = dispatches.of(app, dispatch_id)
    due = dispatches.next_due(app, status.id)
    start = status.started_at or status.created_at
    with app.database.read() as c:
        order = plan.order_of(c, status.id)
        issue, *earlier = _issues(c, app.now(), status, order.list_ref)
        return Report(
            status=status,
            due=due,
            title=editions.load(c, order.edition_id).title,
            issue=issue,
            failures=tuple(map(_without_addresses, figures.refusals(c, status.id))),
            returns=tuple(
                (kind, _without_addresses(each)) for kind, each in figures.came_back(c, status.id)
            ),
            came_back=reports.counts(c, status.id),
            domains=tuple(figures.domains(c, status.id, _DOMAINS)),
            sending=_sending(c, app.now(), status, start),
            returning=_returning(c, status, start),
            leaving=_leaving(c, order.list_ref, start),
            earlier=tuple(earlier),
            health=health.health(c, order.list_ref, _months(app.now().astimezone(app.timezone))),
            attention=attention.attention(c, status.id, issue.outline.sent),
        )


def _without_addresses(refusal: Refusal) -> Refusal:
    """A report is shown around, and what servers say names people."""
    return replace(refusal, text=without_addresses(refusal.text))


def _issues(
    c: sa.Connection, now: dt.datetime, status: DispatchStatus, list_ref: int
) -> list[Issue]:
    """This one, whatever its purpose, and those before it."""
    outlines = figures.outlines(c, list_ref, status.id, _EARLIER + 1)
    if not outlines or outlines[0].dispatch_id != status.id:
        outlines.insert(0, figures.outline(c, status.id))
    outlines = outlines[: _EARLIER + 1]
    starts = [outline.started_at for outline in reversed(outlines)]
    left = health.left_in(c, list_ref, [*starts, figures.next_start(c, list_ref, status.id) or now])
    read = counting.by_people(c, [outline.dispatch_id for outline in outlines])
    return [
        Issue(outline, gone, *read.get(outline.dispatch_id, (0, 0)))
        for outline, gone in zip(outlines, reversed(left), strict=True)
    ]


def _sending(
    c: sa.Connection, now: dt.datetime, status: DispatchStatus, start: dt.datetime
) -> Series:
    """From its beginning to its end, in so many spans."""
    took = (status.finished_at or now) - start
    width = took / _SPANS + dt.timedelta(milliseconds=1)
    return _series(start, width, _SPANS, figures.sent_in(c, status.id, start, width))


def _returning(c: sa.Connection, status: DispatchStatus, start: dt.datetime) -> Series:
    return _series(start, _DAY, _DAYS, figures.reported_in(c, status.id, start, _DAY))


def _leaving(c: sa.Connection, list_ref: int, start: dt.datetime) -> Series:
    bounds = [start + _DAY * day for day in range(_DAYS + 1)]
    return Series(start, _DAY, health.left_in(c, list_ref, bounds))


def _series(
    start: dt.datetime, width: dt.timedelta, count: int, numbers: Mapping[int, int]
) -> Series:
    return Series(start, width, tuple(numbers.get(number, 0) for number in range(count)))


def _months(now: dt.datetime) -> list[dt.datetime]:
    """The beginnings of the last months, this one's and the next one's, in the editor's time."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    bounds = [first]
    while len(bounds) < _MONTHS:
        bounds.insert(0, (bounds[0] - _DAY).replace(day=1))
    return [*bounds, (first + 32 * _DAY).replace(day=1)]
