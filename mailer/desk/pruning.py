"""Keeping nothing longer than `[retention]` in mailer.toml says."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mailer.desk import erasing
from mailer.ledger import retention as ledger
from mailer.records import Records
from subscribers import retention as store
from subscribers.address import Address
from subscribers.schema import consent_events, subscribers, subscriptions

_ROWS = 10_000  # that one transaction looks at
_PEOPLE = 2_000  # for whom the ledger is looked through at once

Act = Callable[[Records, dt.datetime], int]  # on what is older than that; how many


@dataclass(frozen=True, slots=True)
class _Rule:
    count: Act
    drop: Act


def prune(app: Records, dry_run: bool = False) -> Mapping[str, int]:
    """Apply every rule that there is, in short transactions, and write the database's file anew;
    how many of each were found. `dry_run` only counts."""
    now, found = app.now(), {}
    for name, rule in _RULES.items():
        span: dt.timedelta | None = getattr(app.config.retention, name)
        if span is not None:
            act = rule.count if dry_run else rule.drop
            found[name] = act(app, now - span)
    if not dry_run:
        app.database.compact()
    return found


def _counted(query: Callable[[dt.datetime], sa.Select[*tuple[Any, ...]]]) -> Act:
    def count(app: Records, before: dt.datetime) -> int:
        rows = query(before).subquery()
        with app.database.read() as c:
            return int(c.scalar(sa.select(sa.func.count()).select_from(rows)) or 0)

    return count


def _piecewise(drop: Callable[[sa.Connection, dt.datetime, range], int], table: sa.Table) -> Act:
    """By the table's ids."""

    def act(app: Records, before: dt.datetime) -> int:
        with app.database.read() as c:
            last = int(c.scalar(sa.select(sa.func.max(table.c.id))) or 0)
        dropped = 0
        for first in range(1, last + 1, _ROWS):
            with app.database.write() as c:
                dropped += drop(c, before, range(first, first + _ROWS))
        return dropped

    return act


def _erase_who_left(app: Records, before: dt.datetime) -> int:
    """But for those who come back while others are erased."""

    def still_gone(some: Sequence[Address]) -> sa.Select[str, str]:
        these = subscribers.c.email_key.in_([each.key for each in some])
        return store.left_since(before).where(these)

    with app.database.read() as c:
        people = [Address(*row) for row in c.execute(store.left_since(before))]
    erased = 0
    for first in range(0, len(people), _PEOPLE):
        erased += erasing.erase_all(app, people[first : first + _PEOPLE], still_gone)
    return erased


def _count_copies(app: Records, before: dt.datetime) -> int:
    with app.database.read() as c:
        return sum(stretch.copies for stretch in ledger.told_before(c, before))


def _drop_addresses(app: Records, before: dt.datetime) -> int:
    with app.database.read() as c:
        stretches = ledger.told_before(c, before)
    for dispatch_id, its in itertools.groupby(stretches, lambda stretch: stretch.dispatch_id):
        with app.database.write() as c:
            if ledger.drop_all_addresses(c, dispatch_id, before):
                continue
        for stretch in its:
            with app.database.write() as c:
                ledger.drop_addresses(c, stretch, before)
    return sum(stretch.copies for stretch in stretches)


_RULES = {
    "pending": _Rule(_counted(store.pending_since), _piecewise(store.drop_pending, subscriptions)),
    "left": _Rule(_counted(store.left_since), _erase_who_left),
    "copies": _Rule(_count_copies, _drop_addresses),
    "origins": _Rule(
        _counted(store.origins_before), _piecewise(store.drop_origins, consent_events)
    ),
}
