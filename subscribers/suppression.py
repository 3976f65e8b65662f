"""Suppressions: addresses that must not be mailed, for one list or for all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from subscribers.admission import Case
from subscribers.database import insert_missing, insert_one
from subscribers.model import Added, SuppressionReason
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


def suppress_departed(
    connection: sa.Connection, list_id: int, cases: Iterable[Case], at: dt.datetime
) -> None:
    """Those of `cases` who left elsewhere. Who unsubscribed there left this one list; an address
    that is bad, or whose owner complained, is so for all."""
    rows = defaultdict(list)
    for case in cases:
        departure = case.entry.departure
        if departure is None or case.change.added is Added.KEPT:
            continue
        here = departure.reason is SuppressionReason.UNSUBSCRIBED
        values = {
            "email_key": case.entry.address.key,
            "list_id": list_id if here else None,
            "reason": departure.reason,
            "source": departure.source,
            "created_at": departure.at or at,
        }
        rows[departure.reason].append(values)
    for reason, of_reason in rows.items():
        connection.execute(insert_missing(connection, suppressions), of_reason)
        renamed = [{f"new_{name}": value for name, value in row.items()} for row in of_reason]
        connection.execute(_in_place_of_weaker(reason), renamed)


def _in_place_of_weaker(reason: SuppressionReason) -> sa.Update:
    """With bound values `new_` and a column's name."""
    given = {
        column.name: sa.bindparam(f"new_{column.name}", type_=column.type)
        for column in suppressions.c
    }
    return (
        sa.update(suppressions)
        .where(
            suppressions.c.email_key == given["email_key"],
            suppressions.c.list_id.is_not_distinct_from(given["list_id"]),
            sa.or_(
                sa.false(),
                *(
                    suppressions.c.reason == weaker
                    for weaker in _STRENGTH[: _STRENGTH.index(reason)]
                ),
            ),
        )
        .values({name: given[name] for name in ("reason", "source", "created_at")})
    )


def unsuppress(connection: sa.Connection, key: str, list_id: int | None) -> bool:
    """Lift exactly this one: that of all lists leaves those of single lists. False if none."""
    return bool(connection.execute(sa.delete(suppressions).where(_scope(key, list_id))).rowcount)


def _scope(key: str, list_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(
        suppressions.c.email_key == key, suppressions.c.list_id.is_not_distinct_from(list_id)
    )
