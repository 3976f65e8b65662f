"""Suppressions of one dispatch that wait for an editor, since there were so many at once. Effects
are words of mailer/feedback/policy.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import dispatches, reports
from mailer.model.report import ReportClass


@dataclass(frozen=True, slots=True)
class Held:
    """`copies` of a dispatch's `total` came back like that, the first one `at`; `text` is what was
    said of one of them."""

    dispatch_id: int
    copies: int
    total: int
    at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class Turned:
    """A report whose effect is another now. `email_key` is None once its reader is erased."""

    seq: int
    kind: ReportClass
    email_key: str | None


def total(c: sa.Connection, dispatch_id: int) -> int:
    return int(c.scalar(sa.select(dispatches.c.total).where(dispatches.c.id == dispatch_id)) or 0)


def count(c: sa.Connection, dispatch_id: int, effects: Collection[str]) -> int:
    query = sa.select(sa.func.count()).where(
        reports.c.dispatch_id == dispatch_id, reports.c.effect.in_(effects)
    )
    return int(c.scalar(query) or 0)


def is_agreed(c: sa.Connection, dispatch_id: int, effect: str) -> bool:
    """Whether an editor has let a dispatch's reports have this effect."""
    query = sa.select(reports.c.id).where(
        reports.c.dispatch_id == dispatch_id,
        reports.c.effect == effect,
        reports.c.settled_at.is_not(None),
    )
    return c.scalar(query.limit(1)) is not None


def turn(
    c: sa.Connection, dispatch_id: int, before: str, after: str, settled_at: dt.datetime | None
) -> list[Turned]:
    """Give the reports of one effect another, those that nobody has seen to."""
    statement = (
        reports.update()
        .where(
            reports.c.dispatch_id == dispatch_id,
            reports.c.effect == before,
            reports.c.settled_at.is_(None),
        )
        .values(effect=after, settled_at=settled_at)
        .returning(reports.c.seq, reports.c.kind, reports.c.email_key)
    )
    return [Turned(seq, ReportClass(kind), key) for seq, kind, key in c.execute(statement)]


def open_(c: sa.Connection, effect: str) -> list[Held]:
    """Those that nobody has seen to, the oldest first."""
    first = sa.func.min(reports.c.at).label("first")
    query = (
        sa.select(
            *(dispatches.c.id, sa.func.count().label("copies"), dispatches.c.total),
            *(first, sa.func.min(reports.c.text)),
        )
        .join_from(reports, dispatches, dispatches.c.id == reports.c.dispatch_id)
        .where(reports.c.effect == effect, reports.c.settled_at.is_(None))
        .group_by(dispatches.c.id, dispatches.c.total)
        .order_by(first)
    )
    return [Held(*row) for row in c.execute(query)]
