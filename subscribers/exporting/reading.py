"""The people on a list, read page by page: nothing grows with the list, and no cursor stays open
while somebody writes a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import sqlalchemy as sa

from subscribers import suppression, tags
from subscribers.database import Database, by_index, for_a_page, json_members
from subscribers.exporting.member import Page, Row
from subscribers.fingerprint import Fingerprint
from subscribers.model import ConsentChange
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


def pages(database: Database, list_id: int, fingerprint: Fingerprint) -> Iterator[Page]:
    """Everybody on the list, in the order in which they came, some thousand at a time."""
    last = 0
    while True:
        with database.read() as connection:
            for_a_page(connection)
            by_index(connection)
            found = connection.execute(_page(list_id, last)).all()
            if not found:
                return
            keys = [row.email_key for row in found if row.suppressed]
            reasons = _reasons(connection, list_id, keys, fingerprint)
            tagged = tags.of_range(connection, found[0][0], found[-1][0])
        last = found[-1][0]
        yield [cast(Row, row[:-1]) for row in found], reasons, tagged


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
    # What SQLAlchemy's types would do with each row takes three times as long as SQLite's own work:
    # times come as numbers, attributes as text.
    return (
        sa.select(
            *(subscriptions.c.subscriber_id, subscribers.c.email, subscribers.c.email_key),
            subscriptions.c.status,
            *(sa.type_coerce(subscriptions.c[name], sa.BigInteger) for name in _INSTANTS),
            *(act.c.evidence, act.c.ip),
            sa.cast(subscribers.c.attributes, sa.Text).label("attributes"),
            suppression.is_suppressed().label("suppressed"),
        )
        .join_from(subscriptions, subscribers)
        .join(act, act.c.id == latest, isouter=True)
        .where(subscriptions.c.list_id == list_id, subscriptions.c.subscriber_id > last)
        .order_by(subscriptions.c.subscriber_id)  # as an index has them
        .limit(PAGE)
    )


def _reasons(
    connection: sa.Connection, list_id: int, keys: list[str], fingerprint: Fingerprint
) -> Mapping[str, str]:
    found = suppression.reasons(connection, list_id, keys, fingerprint) if keys else {}
    return {key: reason.value for key, reason in found.items()}
