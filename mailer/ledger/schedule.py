"""Dispatches that begin later, by the database's time. Their audience is picked when they do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.errors import PlanChanged, UsageError
from mailer.ledger import clock, events, plan
from mailer.ledger.alone import alone
from mailer.ledger.events import Action
from mailer.ledger.plan import Order
from mailer.ledger.schema import dispatches, shards
from mailer.model.delivery import DispatchState

TOO_LATE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A dispatch whose time has come; `missed` where that was too long ago to begin unasked."""

    dispatch_id: int
    scheduled_at: dt.datetime
    missed: bool


def schedule(c: sa.Connection, order: Order, when: dt.datetime, at: dt.datetime, by: str) -> int:
    """Write a dispatch that begins at `when`; raises PlanChanged where the order has one."""
    alone(c, order.issue_id)
    found = plan.find(c, order)
    if found is not None:
        raise PlanChanged(
            f"issue {order.issue_id}: dispatch {found} was made meanwhile: nothing was scheduled: "
            f"see `mailer dispatch status {found}`"
        )
    later = {"state": DispatchState.SCHEDULED, "scheduled_at": when, "queued": True}
    dispatch_id = plan.write_dispatch(c, order, at, later)
    events.note(c, by, Action.SCHEDULED, dispatch_id, f"for {_utc(when)}")
    return dispatch_id


def move(c: sa.Connection, dispatch_id: int, when: dt.datetime, by: str) -> None:
    """Let it begin at another time; raises UsageError where it is no longer waiting."""
    waiting = (dispatches.c.id == dispatch_id, dispatches.c.state == DispatchState.SCHEDULED)
    if not c.execute(dispatches.update().where(*waiting).values(scheduled_at=when)).rowcount:
        raise UsageError(f"dispatch {dispatch_id} is no longer scheduled: nothing was changed")
    events.note(c, by, Action.MOVED, dispatch_id, f"to {_utc(when)}")


def hand_over(c: sa.Connection, dispatch_id: int, by: str) -> None:
    """Let the workers send what is left of it. Idempotent."""
    mine = (dispatches.c.id == dispatch_id, dispatches.c.queued.is_(False))
    if c.execute(dispatches.update().where(*mine).values(queued=True)).rowcount:
        events.note(c, by, Action.QUEUED, dispatch_id)


def take_back(c: sa.Connection, dispatch_id: int, by: str) -> None:
    """Let only `by` send it, who is about to: the workers do not go on with what is stopped. One
    that a sender has in hand stays whose it is."""
    in_hand = sa.exists().where(shards.c.dispatch_id == dispatch_id, shards.c.owner.is_not(None))
    theirs = (dispatches.c.id == dispatch_id, dispatches.c.queued, ~in_hand)
    if c.execute(dispatches.update().where(*theirs).values(queued=False)).rowcount:
        events.note(c, by, Action.TAKEN_BACK, dispatch_id)


def due(c: sa.Connection) -> list[Due]:
    """What should begin now, the earliest first."""
    now = clock.now(c)
    columns = (dispatches.c.id, dispatches.c.scheduled_at)
    query = sa.select(*columns).where(
        dispatches.c.state == DispatchState.SCHEDULED, dispatches.c.scheduled_at <= now
    )
    return [
        Due(dispatch_id, when, now - when > TOO_LATE)
        for dispatch_id, when in c.execute(query.order_by(dispatches.c.scheduled_at))
    ]


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
