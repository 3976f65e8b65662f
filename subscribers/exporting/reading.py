"""The people on a list, read page by page: nothing grows with the list, and no cursor stays open
while somebody writes a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import sqlalchemy as sa

from subscribers import suppression, tags
from subscribers.abreast import ahead
from subscribers.database import (
    Database,
    by_index,
    for_a_page,
    has_others,
    has_server,
    json_members,
)
from subscribers.exporting.member import KEY, SUPPRESSED, Page, Row
from subscribers.fingerprint import Fingerprint
from subscribers.model import ConsentChange
from subscribers.schema import consent_events, subscribers, subscriptions

PAGE = 5_000
_AHEAD = 4  # pages, as many as are written in one turn, see `teamwork`
_ACTS = (  # that make or confirm a subscription
    ConsentChange.SIGNED_UP,
    ConsentChange.ADDED,
    ConsentChange.IMPORTED,
    ConsentChange.CONFIRMED,
    ConsentChange.RETURNED,
)
_INSTANTS = ("created_at", "confirmed_at", "unsubscribed_at")


def attribute_names(database: Database, list_id: int) -> list[str]:
    """Those that anybody on the list has, in order. Most people have those that the first have."""
    people = (
        sa.select(subscribers.c.attributes)
        .join_from(subscriptions, subscribers)
        .where(subscriptions.c.list_id == list_id)
    )
    with database.read() as connection:
        names = _names(connection, people.limit(PAGE))
        has_more = has_others(connection, subscribers.c.attributes, names)
        return sorted(names | _names(connection, people.where(has_more)))


def _names(connection: sa.Connection, people: sa.Select[Any]) -> set[str]:
    some = people.subquery()
    member = json_members(connection, some.c.attributes)
    query = sa.select(member.c.key).select_from(some).join(member, sa.true())
    return set(connection.scalars(query.distinct()))


def pages(database: Database, list_id: int, fingerprint: Fingerprint) -> Iterator[Page]:
    """Everybody on the list, in the order in which they came, some thousand at a time."""
    read = _pages(database, list_id, fingerprint)
    return ahead(read, _AHEAD) if has_server(database) else read


def _pages(database: Database, list_id: int, fingerprint: Fingerprint) -> Iterator[Page]:
    last = 0
    while True:
        with database.read() as connection:
            for_a_page(connection)
            by_index(connection)
            rows = _plain(connection.execute(_page(list_id, last)))
            if not rows:
                return
            keys = [row[KEY] for row in rows if row[SUPPRESSED]]
            reasons = _reasons(connection, list_id, keys, fingerprint)
            tagged = tags.of_range(connection, rows[0][0], rows[-1][0])
        yield rows, reasons, tagged
        last = rows[-1][0]


def _plain(found: sa.CursorResult[*tuple[Any, ...]]) -> list[Row]:
    """The driver's own tuples: what SQLAlchemy would do with each takes as long as the driver."""
    with found:
        cursor: Any = found.cursor
        return cast(list[Row], cursor.fetchall())


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
    return (  # times as numbers, attributes as text: see `Row`
        sa.select(
            *(subscriptions.c.subscriber_id, subscribers.c.email, subscribers.c.email_key),
            subscriptions.c.status,
            *(sa.type_coerce(subscriptions.c[name], sa.BigInteger) for name in _INSTANTS),
            *(act.c.evidence, act.c.ip),
            sa.cast(subscribers.c.attributes, sa.Text).label("attributes"),
            suppression.is_suppressed().label("suppressed"),
            subscribers.c.language,
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
