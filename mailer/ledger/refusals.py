"""What servers said when they refused copies for good, until it is looked at: each once."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import attempts, deliveries, dispatches, refusals, shards
from mailer.model.delivery import DispatchState


@dataclass(frozen=True, slots=True)
class Refused:
    """A copy that has failed, and the SMTP reply to its last attempt. `email` is None once its
    reader is erased."""

    seq: int
    email: str | None
    code: int
    enhanced: str
    text: str


def to_read(c: sa.Connection, dispatch_id: int | None) -> list[int]:
    """The dispatches of which some are left: this one, and those that nobody sends. One of which no
    server has taken a copy is none of them: that proves nothing about readers."""
    some = sa.exists().where(refusals.c.dispatch_id == dispatches.c.id)
    taken = sa.exists().where(shards.c.dispatch_id == dispatches.c.id, shards.c.sent > 0)
    of_none = dispatches.c.state != DispatchState.OPEN
    query = sa.select(dispatches.c.id).where(
        of_none | (dispatches.c.id == dispatch_id), some, taken
    )
    return list(c.scalars(query.order_by(dispatches.c.id)))


def read(c: sa.Connection, dispatch_id: int, most: int) -> list[Refused]:
    """Some that nobody has looked at yet, by address, which is one order for all; nobody gets them
    again."""
    mine = refusals.c.dispatch_id == dispatch_id
    next_ = sa.select(refusals.c.seq).where(mine).order_by(refusals.c.seq).limit(most)
    taken = refusals.delete().where(mine, refusals.c.seq.in_(next_)).returning(refusals.c.seq)
    seqs = c.scalars(taken).all()
    last = (attempts.c.dispatch_id == deliveries.c.dispatch_id) & (
        attempts.c.seq == deliveries.c.seq
    )
    query = (
        sa.select(deliveries.c.seq, deliveries.c.email)
        .add_columns(attempts.c.code, attempts.c.enhanced, attempts.c.text)
        .join(attempts, last & (attempts.c.attempt == deliveries.c.attempt))
        .where(deliveries.c.dispatch_id == dispatch_id, deliveries.c.seq.in_(seqs))
        .order_by(deliveries.c.email)
    )
    return [Refused(*row) for row in c.execute(query)]
