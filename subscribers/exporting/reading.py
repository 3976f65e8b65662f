"""The people on a list, read page by page: nothing grows with the list, and no cursor stays open
while somebody writes a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from subscribers import suppression, tags
from subscribers.database import Database, json_members
from subscribers.exporting.member import Member, standing_of
from subscribers.fingerprint import Fingerprint
from subscribers.instant import instant
from subscribers.model import ConsentChange, SuppressionReason
from subscribers.schema import consent_events, subscribers, subscriptions

PAGE = 5_000
_ACTS = (  # that make or confirm a subscription
    ConsentChange.SIGNED_UP,
    ConsentChange.ADDED,
    ConsentChange.IMPORTED,
    ConsentChange.CONFIRMED,
    ConsentChange.RETURNED,
)
_INSTANTS = ("created_at", "confirmed_at", "unsubscribed_at")
Row = sa.Row[*tuple[Any, ...]]


def attribute_names(database: Database, list_id: int) -> list[str]:
    """Those that anybody on the list has, in order."""
    with database.read() as connection:
        member = json_members(connection, subscribers.c.attributes)
        query = (
            sa.select(member.c.key)
            .select_from(subscriptions)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .join(member, sa.true())
            .where(subscriptions.c.list_id == list_id)
            .distinct()
        )
        return sorted(connection.scalars(query))


def pages(database: Database, list_id: int, fingerprint: Fingerprint) -> Iterator[list[Member]]:
    """Everybody on the list, in the order in which they came, some thousand at a time."""
    last = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(_page(list_id, last)).all()
            if not rows:
                return
            reasons = _reasons(connection, list_id, rows, fingerprint)
            tagged = tags.of_range(connection, rows[0][0], rows[-1][0])
        yield [_member(row, reasons, tagged.get(row[0], ())) for row in rows]
        last = rows[-1][0]


def _page(list_id: int, last: int) -> sa.Select[*tuple[Any, ...]]:
    act = consent_events.alias("act")
    latest = (
        sa.select(sa.func.max(consent_events.c.id))
        .where(
            consent_events.c.subscription_id == subscriptions.c.id,
            consent_events.c.event.in_(_ACTS),
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            *(subscriptions.c[name] for name in ("subscriber_id", "status")),
            *(sa.type_coerce(subscriptions.c[name], sa.BigInteger) for name in _INSTANTS),
            *(subscribers.c[name] for name in ("email", "email_key")),
            sa.cast(subscribers.c.attributes, sa.Text).label("attributes"),
            *(act.c[name] for name in ("evidence", "ip")),
            suppression.is_suppressed().label("suppressed"),
        )
        .join_from(subscriptions, subscribers)
        .join(act, act.c.id == latest, isouter=True)
        .where(subscriptions.c.list_id == list_id, subscriptions.c.subscriber_id > last)
        .order_by(subscriptions.c.subscriber_id)  # as an index has them
        .limit(PAGE)
    )


def _reasons(
    connection: sa.Connection, list_id: int, rows: Sequence[Row], fingerprint: Fingerprint
) -> dict[str, SuppressionReason]:
    keys = [row.email_key for row in rows if row.suppressed]
    return suppression.reasons(connection, list_id, keys, fingerprint) if keys else {}


# What SQLAlchemy's types would do with each row takes three times as long as SQLite's own work:
# times come as numbers, attributes as text, and the same times come again and again. `json.loads`
# spends half of its time on looking for blanks around them.
_decoded = json.JSONDecoder().raw_decode
_instant = lru_cache(maxsize=10_000)(instant)


def _member(row: Row, reasons: Mapping[str, SuppressionReason], tagged: Sequence[str]) -> Member:
    _, status, joined, confirmed, left, email, key, attributes, consent, ip, _ = row
    return Member(
        email,
        standing_of(status, reasons.get(key)),
        _instant(joined),
        None if confirmed is None else _instant(confirmed),
        None if left is None else _instant(left),
        consent or "",
        ip or "",
        _decoded(attributes)[0],
        tagged,
    )
