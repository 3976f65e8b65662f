"""Suppressions: addresses that must not be mailed, for one list or for all."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.database import insert_one
from subscribers.model import SuppressionReason
from subscribers.schema import subscribers, subscriptions, suppressions

_STRENGTH = tuple(SuppressionReason)


def is_suppressed() -> sa.ColumnElement[bool]:
    """Of a subscription joined with its subscriber, in whatever query encloses it."""
    return (
        sa.exists()
        .where(
            suppressions.c.email_key == subscribers.c.email_key,
            suppressions.c.list_id.is_(None) | (suppressions.c.list_id == subscriptions.c.list_id),
        )
        .correlate(subscribers, subscriptions)
    )


def suppressed(list_id: int) -> sa.Select[int]:
    """(subscriber_id) of those who are suppressed for a list: what `is_suppressed` says, sought
    from the suppressions, which are few."""
    return (
        sa.select(subscribers.c.id)
        .join(suppressions, suppressions.c.email_key == subscribers.c.email_key)
        .where(suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id))
    )


def suppress(
    connection: sa.Connection,
    key: str,
    list_id: int | None,
    reason: SuppressionReason,
    source: str,
    at: dt.datetime,
) -> bool:
    """False where it was there already; a stronger reason then takes the place of a weaker."""
    values = {"list_id": list_id, "reason": reason, "source": source, "created_at": at}
    if insert_one(connection, suppressions, {"email_key": key, **values}):
        return True
    weaker = _STRENGTH[: _STRENGTH.index(reason)]
    connection.execute(
        sa.update(suppressions)
        .where(_scope(key, list_id), suppressions.c.reason.in_(weaker))
        .values(values)
    )
    return False


def unsuppress(connection: sa.Connection, key: str, list_id: int | None) -> bool:
    """Lift exactly this one: that of all lists leaves those of single lists. False if none."""
    return bool(connection.execute(sa.delete(suppressions).where(_scope(key, list_id))).rowcount)


def _scope(key: str, list_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(
        suppressions.c.email_key == key, suppressions.c.list_id.is_not_distinct_from(list_id)
    )
