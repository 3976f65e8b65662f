"""How often somebody asked for a mail, counted for all processes together. Names are pseudonyms."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.alone import alone
from mailer.ledger.schema import budget_uses
from mailer.model.pace import bucket


def count(c: sa.Connection, name: str, window: dt.timedelta, now: dt.datetime) -> int:
    """Once more under this name; how often that is in the window of this length that `now` is in.
    What was counted in windows before it, under whatever name, is forgotten."""
    alone(c, "mails asked for")
    period = f"asked {window // dt.timedelta(seconds=1)}"
    now_in = bucket(now, window)
    mine = budget_uses.c.period == period
    c.execute(budget_uses.delete().where(mine, budget_uses.c.bucket < now_in))
    upsert.add(c, budget_uses, {"name": name, "period": period, "bucket": now_in}, "used", 1)
    query = sa.select(budget_uses.c.used).where(mine, budget_uses.c.name == name)
    return int(c.scalars(query.where(budget_uses.c.bucket == now_in)).one())
