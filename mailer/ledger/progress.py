"""How fast a dispatch goes: samples of its counters, taken by whoever sends."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.ledger import clock, upsert
from mailer.ledger.schema import progress, shards
from mailer.ledger.status import status
from mailer.model.delivery import DispatchState, DispatchStatus, Pace

SPAN = dt.timedelta(minutes=1)  # the rate is that of the last minute
STALE = dt.timedelta(seconds=20)  # without a sample for so long nobody sends


def sample(c: sa.Connection, dispatch_id: int) -> None:
    """Write down how far it is; what is older than needed goes."""
    now = clock.now(c)
    old = (progress.c.dispatch_id == dispatch_id, progress.c.at < now - SPAN)
    c.execute(progress.delete().where(*old))
    row = {"dispatch_id": dispatch_id, "at": now, "tried": _tried(status(c, dispatch_id))}
    upsert.insert(c, progress, row)  # another sender may be there in the same moment


def pace(c: sa.Connection, now: DispatchStatus) -> Pace | None:
    """Copies a second over the last minute, and how long the untried ones take at that rate; None
    while nobody sends, or nothing moves. The shards of dead senders must be free by then."""
    if now.state is not DispatchState.OPEN or not _in_hand(c, now.id):
        return None
    at = clock.now(c)
    columns = (progress.c.at, progress.c.tried)
    query = sa.select(*columns).where(progress.c.dispatch_id == now.id, progress.c.at >= at - SPAN)
    samples = list(c.execute(query.order_by(progress.c.at)))
    if not samples or at - samples[-1].at > STALE:
        return None
    seconds = (at - samples[0].at).total_seconds()
    moved = _tried(now) - samples[0].tried
    if moved <= 0 or seconds < 1:
        return None
    left = dt.timedelta(seconds=round(now.untried * seconds / moved))
    return Pace(moved / seconds, left)


def _in_hand(c: sa.Connection, dispatch_id: int) -> bool:
    """Whether a sender has any of it."""
    held = (shards.c.dispatch_id == dispatch_id, shards.c.owner.is_not(None))
    return c.scalar(sa.select(shards.c.number).where(*held).limit(1)) is not None


def _tried(now: DispatchStatus) -> int:
    return now.total - now.untried
