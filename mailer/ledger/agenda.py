"""What a worker has to do now. Cheap enough to be asked every second."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger import clock, notices, replies, schedule
from mailer.ledger.due import furthest, is_due
from mailer.ledger.schedule import Due
from mailer.ledger.schema import dispatches, letters, shards
from mailer.model.delivery import OPEN_STATES, DispatchState, State

_LEFT = (*OPEN_STATES, State.UNCERTAIN)
_UNFINISHED = (DispatchState.OPEN, DispatchState.PAUSED, DispatchState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Agenda:
    """`begin`: dispatches whose time has come; `send`: those with copies that may be tried now and
    that no sender has in hand; `write`: whether a letter is due, `hand_on`: a reply, `answer`: a
    notice."""

    begin: list[Due]
    send: list[int]
    write: bool
    hand_on: bool
    answer: bool


def agenda(c: sa.Connection, now: dt.datetime) -> Agenda:
    """`now` is the time by which copies are due."""
    due = (_letter_due(c), replies.is_due(c), notices.is_due(c))
    return Agenda(schedule.due(c), _to_send(c, now), *due)


def is_waiting(c: sa.Connection, dispatch_id: int, edition_id: int, now: dt.datetime) -> bool:
    """Whether a dispatch would be among those to send, and with this edition."""
    this = (dispatches.c.id == dispatch_id, dispatches.c.edition_id == edition_id)
    return c.scalar(_waiting(now).where(*this)) is not None


def _to_send(c: sa.Connection, now: dt.datetime) -> list[int]:
    return list(c.scalars(_waiting(now)))


def _waiting(now: dt.datetime) -> sa.Select[int]:
    return (
        sa.select(dispatches.c.id)
        .join(shards, shards.c.dispatch_id == dispatches.c.id)
        .where(
            dispatches.c.state == DispatchState.OPEN,
            dispatches.c.queued,
            shards.c.owner.is_(None),
            shards.c.planned + shards.c.deferred > 0,
            is_due(shards.c.due_at, now, furthest(now)),
        )
        .distinct()
        .order_by(dispatches.c.id)
    )


def _letter_due(c: sa.Connection) -> bool:
    query = sa.select(letters.c.id).where(letters.c.due_at <= clock.now(c))
    return c.scalar(query.limit(1)) is not None


def waiting(c: sa.Connection) -> int:
    """How many dispatches are scheduled, or are the workers' and have copies left."""
    left = sum((shards.c[state.value] for state in OPEN_STATES), sa.literal(0))
    open_ = (dispatches.c.state == DispatchState.OPEN) & dispatches.c.queued & (left > 0)
    query = sa.select(sa.func.count(sa.distinct(dispatches.c.id))).join_from(
        dispatches, shards, shards.c.dispatch_id == dispatches.c.id, isouter=True
    )
    scheduled = dispatches.c.state == DispatchState.SCHEDULED
    return int(c.scalar(query.where(scheduled | open_)) or 0)


def untidy(c: sa.Connection) -> list[int]:
    """Open dispatches that are settled, and those of which somebody, dead or alive, has a shard."""
    left = sum((shards.c[state.value] for state in _LEFT), sa.literal(0))
    settled = (dispatches.c.state == DispatchState.OPEN) & (sa.func.sum(left) == 0)
    query = (
        sa.select(dispatches.c.id)
        .join(shards, shards.c.dispatch_id == dispatches.c.id)
        .where(dispatches.c.state.in_(_UNFINISHED))
        .group_by(dispatches.c.id)
        .having(settled | (sa.func.count(shards.c.owner) > 0))
        .order_by(dispatches.c.id)
    )
    return list(c.scalars(query))
