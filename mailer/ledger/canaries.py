"""Whether a relay is known: somebody saw how its first copies arrived, and agreed to the rest."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.schema import canaries


def is_known(c: sa.Connection, relay: str) -> bool:
    query = sa.select(canaries.c.agreed_at).where(canaries.c.relay == relay)
    return c.scalar(query) is not None


def stopped(c: sa.Connection, relay: str, dispatch_id: int, at: dt.datetime) -> None:
    """The dispatch waits for somebody to look at its first copies through this relay."""
    values = {"dispatch_id": dispatch_id, "stopped_at": at, "agreed_at": None}
    upsert.put(c, canaries, {"relay": relay}, values)


def agree(c: sa.Connection, dispatch_id: int, at: dt.datetime) -> None:
    """Who resumes the dispatch that waits has looked."""
    waiting = (canaries.c.dispatch_id == dispatch_id, canaries.c.agreed_at.is_(None))
    c.execute(canaries.update().where(*waiting).values(agreed_at=at))
