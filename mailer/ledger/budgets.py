"""What goes through a relay, or to a domain, counted for all senders together.

Who may send how much is decided above (sender/throttle); this is where it is kept, so that a
restart forgets nothing. What was given out counts as used: a sender that dies leaves a little of
it unused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.alone import alone
from mailer.ledger.schema import budget_uses, budgets
from mailer.model.pace import Account, Slowed


def hold(c: sa.Connection, name: str) -> None:
    """The account is nobody else's until the transaction ends. Before any of its rows is changed:
    who waits for each other's rows waits for ever."""
    alone(c, f"budget {name}")


def load(c: sa.Connection, name: str) -> Account:
    """The account as it is, which is held."""
    hold(c, name)
    row = c.execute(sa.select(budgets).where(budgets.c.name == name)).first()
    query = sa.select(budget_uses.c.period, budget_uses.c.bucket, budget_uses.c.used)
    used: dict[str, dict[dt.datetime, int]] = {}
    for period, bucket, count in c.execute(query.where(budget_uses.c.name == name)):
        used.setdefault(period, {})[bucket] = count
    if row is None:
        return Account(used=used)
    slowed = None if row.rate is None else Slowed(row.rate, row.rate_before, row.slowed_at)
    return Account(row.due_at, slowed, used)


def save(c: sa.Connection, name: str, account: Account) -> None:
    """Keep all of it but what was used, which `count` moves."""
    slowed = account.slowed
    values = {
        "due_at": account.due,
        "rate": slowed.rate if slowed else None,
        "rate_before": slowed.before if slowed else None,
        "slowed_at": slowed.at if slowed else None,
    }
    upsert.put(c, budgets, {"name": name}, values)


def count(c: sa.Connection, name: str, where: Mapping[str, dt.datetime], copies: int) -> None:
    """So many more were given out in each period's bucket; fewer than 0 came back unused."""
    for period, bucket in where.items():
        key = {"name": name, "period": period, "bucket": bucket}
        upsert.add(c, budget_uses, key, "used", copies)


def forget(c: sa.Connection, name: str, since: Mapping[str, dt.datetime]) -> None:
    """Drop the buckets of each period that count no more."""
    for period, bucket in since.items():
        mine = (budget_uses.c.name == name, budget_uses.c.period == period)
        c.execute(budget_uses.delete().where(*mine, budget_uses.c.bucket < bucket))
