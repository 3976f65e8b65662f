"""How often somebody asked for a mail, counted for all processes together. Names are pseudonyms."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.alone import alone
from mailer.ledger.schema import budget_uses

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def count(c: sa.Connection, name: str, window: dt.timedelta, now: dt.datetime) -> int:
    """Once more under this name; how often that is in the window of this length that `now` is in.
    What was counted in windows before it, under whatever name, is forgotten."""
    alone(c, "mails asked for")
    period = f"asked {window // dt.timedelta(seconds=1)}"
    bucket = _EPOCH + (now - _EPOCH) // window * window
    mine = budget_uses.c.period == period
    c.execute(budget_uses.delete().where(mine, budget_uses.c.bucket < bucket))
    upsert.add(c, budget_uses, {"name": name, "period": period, "bucket": bucket}, "used", 1)
    query = sa.select(budget_uses.c.used).where(mine, budget_uses.c.name == name)
    return int(c.scalars(query.where(budget_uses.c.bucket == bucket)).one())
