"""Copies of long ago: to which address each went, and what was said, is kept no longer. Whose they
were is, so that nobody gets an issue twice."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa

from mailer.ledger import partitions
from mailer.ledger.schema import attempts, deliveries, dispatches, refusals, shards
from mailer.model.delivery import DispatchState

_ENDED = (DispatchState.FINISHED, DispatchState.CANCELLED)


class Stretch(NamedTuple):
    """`copies` of one dispatch, of a shard's."""

    dispatch_id: int
    first_seq: int
    last_seq: int
    copies: int


def told_before(c: sa.Connection, before: dt.datetime) -> list[Stretch]:
    """Where copies of dispatches that have ended, untouched since then, still say to whom they
    went."""
    inside = deliveries.c.seq.between(shards.c.first_seq, shards.c.last_seq)
    stretch = (shards.c.dispatch_id, shards.c.first_seq, shards.c.last_seq)
    query = (
        sa.select(*stretch, sa.func.count())
        .join(dispatches, dispatches.c.id == shards.c.dispatch_id)
        .join(deliveries, (deliveries.c.dispatch_id == shards.c.dispatch_id) & inside)
        .where(dispatches.c.state.in_(_ENDED), _tells(before))
        .group_by(*stretch)
        .order_by(*stretch)
    )
    return [Stretch(*row) for row in c.execute(query)]


_NOBODY = {"email": None, "token": None, "reply": ""}


def drop_addresses(c: sa.Connection, stretch: Stretch, before: dt.datetime) -> None:
    c.execute(deliveries.update().where(_of(deliveries, stretch), _tells(before)).values(_NOBODY))
    c.execute(attempts.update().where(_of(attempts, stretch)).values(text=""))
    c.execute(refusals.delete().where(_of(refusals, stretch)))


def drop_all_addresses(c: sa.Connection, dispatch_id: int, before: dt.datetime) -> bool:
    """Of a whole dispatch at once, where its copies have a table of their own and all of them are
    old enough; else False, and nothing is done."""
    own = partitions.own_table(c, dispatch_id)
    if own is None:
        return False
    younger = sa.select(own.c.seq).where(own.c.email.is_not(None), own.c.changed_at >= before)
    if c.scalar(younger.limit(1)) is not None:
        return False
    kept = (
        sa.literal(_NOBODY[column.name], column.type) if column.name in _NOBODY else column
        for column in own.c
    )
    partitions.rewrite(c, own, sa.select(*kept))
    c.execute(attempts.update().where(attempts.c.dispatch_id == dispatch_id).values(text=""))
    c.execute(refusals.delete().where(refusals.c.dispatch_id == dispatch_id))
    return True


def _tells(before: dt.datetime) -> sa.ColumnElement[bool]:
    return deliveries.c.email.is_not(None) & (deliveries.c.changed_at < before)


def _of(table: sa.Table, stretch: Stretch) -> sa.ColumnElement[bool]:
    dispatch_id, first, last, _ = stretch
    return (table.c.dispatch_id == dispatch_id) & table.c.seq.between(first, last)
