"""The log of what became different of a person, consents apart. Append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from subscribers.model import PersonChange
from subscribers.schema import subscriber_changes

Differences = Mapping[str, tuple[str | None, str | None]]  # field → before, after


def between(before: Mapping[str, str], after: Mapping[str, str]) -> Differences:
    """Of attributes; None stands for one that is not there."""
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def log(
    connection: sa.Connection,
    people: Iterable[tuple[int, str, Differences]],
    at: dt.datetime,
) -> None:
    """Append (subscriber id, who or what changed it, what changed)."""
    rows = [
        {
            "subscriber_id": subscriber_id,
            "at": at,
            "source": source,
            "field": field,
            "before": before,
            "after": after,
        }
        for subscriber_id, source, differences in people
        for field, (before, after) in differences.items()
    ]
    if rows:
        connection.execute(sa.insert(subscriber_changes), rows)


def of(connection: sa.Connection, subscriber_id: int) -> tuple[PersonChange, ...]:
    """From the oldest on."""
    query = (
        sa.select(subscriber_changes)
        .where(subscriber_changes.c.subscriber_id == subscriber_id)
        .order_by(subscriber_changes.c.at, subscriber_changes.c.id)
    )
    return tuple(
        PersonChange(row.at, row.source, row.field, row.before, row.after)
        for row in connection.execute(query)
    )
