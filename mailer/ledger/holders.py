"""Who has shards in hand."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.ledger.liveness import Liveness
from mailer.ledger.schema import dispatches, shards
from mailer.model.delivery import DispatchState


def held_by_others(c: sa.Connection, dispatch_id: int, edition_id: int, owner: str) -> bool:
    """Whether another sender than `owner` is at work on this dispatch, and may leave something:
    a dispatch that is not open, or goes on with another edition, has nothing more to give."""
    query = (
        sa.select(shards.c.number)
        .join(dispatches, dispatches.c.id == shards.c.dispatch_id)
        .where(
            shards.c.dispatch_id == dispatch_id,
            shards.c.owner.is_not(None),
            shards.c.owner != owner,
            dispatches.c.state == DispatchState.OPEN,
            dispatches.c.edition_id == edition_id,
        )
    )
    return c.scalar(query.limit(1)) is not None


def is_held(c: sa.Connection, liveness: Liveness) -> bool:
    """Whether any sender is at work on any dispatch."""
    owners = sa.select(shards.c.owner).where(shards.c.owner.is_not(None)).distinct()
    return any(map(liveness.alive, c.scalars(owners).all()))
