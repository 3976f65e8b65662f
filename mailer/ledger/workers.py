"""The workers that are at work, by the database's time."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.ledger import clock
from mailer.ledger.schema import workers

LATELY = dt.timedelta(minutes=1)  # a worker that was not seen for longer is taken for gone
_FORGOTTEN = dt.timedelta(days=1)


def beat(c: sa.Connection, name: str) -> None:
    """The worker `name` is at work now; who has been gone for a day is forgotten."""
    now = clock.now(c)
    mine = workers.update().where(workers.c.name == name).values(seen_at=now)
    if not c.execute(mine).rowcount:
        c.execute(workers.insert().values(name=name, started_at=now, seen_at=now))
    c.execute(workers.delete().where(workers.c.seen_at < now - _FORGOTTEN))


def leave(c: sa.Connection, name: str) -> None:
    c.execute(workers.delete().where(workers.c.name == name))


def seen_lately(c: sa.Connection, name: str | None = None) -> bool:
    """Whether some worker, or the one of that name, was at work within the last minute."""
    query = sa.select(workers.c.name).where(workers.c.seen_at >= clock.now(c) - LATELY)
    if name is not None:
        query = query.where(workers.c.name == name)
    return c.scalar(query.limit(1)) is not None


def count(c: sa.Connection) -> int:
    """How many were at work within the last minute."""
    lately = workers.c.seen_at >= clock.now(c) - LATELY
    return int(c.scalar(sa.select(sa.func.count()).select_from(workers).where(lately)) or 0)
