"""What a dispatch came to, in numbers. Rows are counted: for reports, not for polls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from mailer.ledger.plan import PURPOSE_ISSUE
from mailer.ledger.reports import CAME_BACK
from mailer.ledger.schema import attempts, deliveries, dispatches, reports, shards
from mailer.model.delivery import State
from mailer.model.report import BOUNCES, ReportClass
from subscribers.instant import microseconds

_COMPLAINTS = (ReportClass.COMPLAINT,)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was said to so many copies; `text` is what was said to one of them."""

    reason: str
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class DomainFigures:
    """`domain` is empty for readers who are erased."""

    domain: str
    total: int
    sent: int
    failed: int
    bounced: int
    complained: int


@dataclass(frozen=True, slots=True)
class Outline:
    """One dispatch among others, in numbers."""

    dispatch_id: int
    issue_id: str
    started_at: dt.datetime
    total: int
    sent: int
    failed: int
    bounced: int
    complained: int


def refusals(c: sa.Connection, dispatch_id: int) -> list[Refusal]:
    """Why copies failed, by what the last attempt was told, the most frequent first."""
    last = (attempts.c.dispatch_id == deliveries.c.dispatch_id) & (
        attempts.c.seq == deliveries.c.seq
    )
    kind = (attempts.c.code, attempts.c.enhanced)
    query = (
        sa.select(*kind, sa.func.count().label("number"), sa.func.min(attempts.c.text))
        .select_from(deliveries)
        .join(attempts, last & (attempts.c.attempt == deliveries.c.attempt), isouter=True)
        .where(deliveries.c.dispatch_id == dispatch_id, deliveries.c.state == State.FAILED)
        .group_by(*kind)
        .order_by(sa.desc("number"), *kind)
    )
    return [
        Refusal(" ".join(str(part) for part in (code, enhanced) if part), number, text or "")
        for code, enhanced, number, text in c.execute(query)
    ]


def came_back(c: sa.Connection, dispatch_id: int) -> list[tuple[ReportClass, Refusal]]:
    """What came back, by class and code, the most frequent first."""
    kind = (reports.c.kind, reports.c.status)
    query = (
        sa.select(*kind, sa.func.count().label("number"), sa.func.min(reports.c.text))
        .where(reports.c.dispatch_id == dispatch_id, CAME_BACK)
        .group_by(*kind)
        .order_by(sa.desc("number"), *kind)
    )
    return [
        (ReportClass(kind), Refusal(status, number, text))
        for kind, status, number, text in c.execute(query)
    ]


def domains(c: sa.Connection, dispatch_id: int, most: int) -> list[DomainFigures]:
    """Those with the most readers."""
    domain = _domain(deliveries.c.email).label("domain")
    sent, failed = (_number(deliveries.c.state == each) for each in (State.SENT, State.FAILED))
    query = (
        sa.select(domain, sa.func.count().label("total"), sent, failed)
        .where(deliveries.c.dispatch_id == dispatch_id)
        .group_by(domain)
        .order_by(sa.desc("total"), domain)
        .limit(most)
    )
    told = _told(c, dispatch_id)
    return [
        DomainFigures(name or "", total, int(sent), int(failed), *told.get(name, (0, 0)))
        for name, total, sent, failed in c.execute(query)
    ]


def _told(c: sa.Connection, dispatch_id: int) -> dict[str | None, tuple[int, int]]:
    """By domain, how many copies bounced and of how many the readers complained. They are few, and
    are not sought from all copies."""
    copy = (deliveries.c.dispatch_id == reports.c.dispatch_id, deliveries.c.seq == reports.c.seq)
    domain = _domain(deliveries.c.email).label("domain")
    query = (
        sa.select(domain, _copies_of(BOUNCES), _copies_of(_COMPLAINTS))
        .join_from(reports, deliveries, sa.and_(*copy))
        .where(reports.c.dispatch_id == dispatch_id, CAME_BACK)
        .group_by(domain)
    )
    return {name: (bounced, complained) for name, bounced, complained in c.execute(query)}


def sent_in(
    c: sa.Connection, dispatch_id: int, start: dt.datetime, width: dt.timedelta
) -> dict[int, int]:
    """How many copies were sent in each span of `width` from `start` on, by its number from 0."""
    span = _span(deliveries.c.changed_at, start, width)
    query = sa.select(span, sa.func.count()).where(
        deliveries.c.dispatch_id == dispatch_id, deliveries.c.state == State.SENT
    )
    return _counted(c, query.group_by(span))


def reported_in(
    c: sa.Connection,
    dispatch_id: int,
    start: dt.datetime,
    width: dt.timedelta,
    kinds: tuple[ReportClass, ...] = BOUNCES,
) -> dict[int, int]:
    """The same of what was reported."""
    span = _span(reports.c.at, start, width)
    query = sa.select(span, sa.func.count(sa.distinct(reports.c.seq))).where(
        reports.c.dispatch_id == dispatch_id, reports.c.kind.in_(kinds), CAME_BACK
    )
    return _counted(c, query.group_by(span))


def outlines(c: sa.Connection, list_ref: int, until: int, most: int) -> list[Outline]:
    """A list's dispatches of issues up to the one numbered `until`, the latest first."""
    query = _outlines().where(
        dispatches.c.list_ref == list_ref,
        dispatches.c.purpose == PURPOSE_ISSUE,
        dispatches.c.started_at.is_not(None),
        dispatches.c.id <= until,
    )
    found = c.execute(query.order_by(dispatches.c.id.desc()).limit(most))
    return [_outline(row) for row in found]


def outline(c: sa.Connection, dispatch_id: int) -> Outline:
    """One of whatever purpose."""
    return _outline(c.execute(_outlines().where(dispatches.c.id == dispatch_id)).one())


def _outlines() -> sa.Select[*tuple[Any, ...]]:
    """What belongs to a dispatch is looked up for each that is asked for: there are many more."""
    return sa.select(
        *(dispatches.c.id, dispatches.c.issue_id),
        sa.func.coalesce(dispatches.c.started_at, dispatches.c.created_at),
        dispatches.c.total,
        *map(_in_shards, (State.SENT, State.FAILED)),
        *map(_in_reports, (BOUNCES, _COMPLAINTS)),
    )


def _in_shards(state: State) -> sa.ScalarSelect[int]:
    total = sa.func.coalesce(sa.func.sum(shards.c[state.value]), 0)
    return sa.select(total).where(shards.c.dispatch_id == dispatches.c.id).scalar_subquery()


def _in_reports(kinds: tuple[ReportClass, ...]) -> sa.ScalarSelect[int]:
    its = (reports.c.dispatch_id == dispatches.c.id, CAME_BACK)
    return sa.select(_copies_of(kinds)).where(*its).scalar_subquery()


def _outline(row: sa.Row[*tuple[Any, ...]]) -> Outline:
    number, issue_id, started_at, *counts = row
    return Outline(number, issue_id, started_at, *map(int, counts))


def next_start(c: sa.Connection, list_ref: int, after: int) -> dt.datetime | None:
    """When the list's next issue was sent, if there is one."""
    query = sa.select(sa.func.min(dispatches.c.started_at)).where(
        dispatches.c.list_ref == list_ref,
        dispatches.c.purpose == PURPOSE_ISSUE,
        dispatches.c.id > after,
    )
    found: dt.datetime | None = c.scalar(query)
    return found


def _copies_of(kinds: tuple[ReportClass, ...]) -> sa.ColumnElement[int]:
    """How many different ones there are reports on, of some kinds."""
    return sa.func.count(sa.distinct(sa.case((reports.c.kind.in_(kinds), reports.c.seq))))


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _span(
    column: sa.Column[dt.datetime], start: dt.datetime, width: dt.timedelta
) -> sa.ColumnElement[int]:
    since = sa.type_coerce(column, sa.BigInteger) - sa.literal(microseconds(start), sa.BigInteger)
    return since // sa.literal(width // dt.timedelta(microseconds=1), sa.BigInteger)


def _counted(c: sa.Connection, query: sa.Select[int, int]) -> dict[int, int]:
    return {int(span): int(number) for span, number in c.execute(query)}


class _domain(sa.sql.functions.GenericFunction[str]):
    """What stands behind the first @ of an address, in lower case."""

    name = "domain_of_address"
    inherit_cache = True
    type = sa.Text()


@compiles(_domain, "sqlite")
def _domain_sqlite(element: _domain, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"lower(substr({address}, instr({address}, '@') + 1))"


@compiles(_domain, "postgresql")
def _domain_postgresql(element: _domain, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"lower(substr({address}, strpos({address}, '@') + 1))"
