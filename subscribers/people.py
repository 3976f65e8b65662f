"""What the store knows of one person, found by address or by the token of a subscription."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import sqlalchemy as sa

from subscribers import changes, tags
from subscribers.address import Address
from subscribers.fingerprint import Fingerprint
from subscribers.lists import from_row
from subscribers.model import (
    NOBODY,
    Choice,
    ConsentChange,
    ConsentEvent,
    Person,
    Subscription,
    SubscriptionStatus,
    SubscriptionView,
    Suppression,
    SuppressionReason,
)
from subscribers.naming import names
from subscribers.schema import (
    DOMAIN_MARK,
    consent_events,
    lists,
    subscribers,
    subscriptions,
    suppressions,
)

_SOME = 1000


def of_key(connection: sa.Connection, key: str, fingerprint: Fingerprint) -> Person | None:
    query = sa.select(subscribers).where(subscribers.c.email_key == key)
    found = connection.execute(query).first()
    if found is None:
        return None
    return Person(
        found.id,
        found.email,
        found.language,
        found.attributes,
        tags.of(connection, [found.id]).get(found.id, ()),
        tuple(_subscriptions(connection, found.id).values()),
        _suppressions(connection, names(connection, [key], fingerprint)[key]),
        _consents(connection, found.id),
        changes.of(connection, found.id),
    )


def stranger(connection: sa.Connection, address: Address) -> Person | None:
    """Who is nobody's subscriber, and must not be mailed all the same; NOBODY is their id. Who was
    erased is not known by the address."""
    held = _suppressions(connection, [address.key])
    return Person(NOBODY, address.email, None, {}, (), (), held, (), ()) if held else None


def is_known(connection: sa.Connection, key: str) -> bool:
    query = sa.select(subscribers.c.id).where(subscribers.c.email_key == key)
    return connection.scalar(query) is not None


def attribute_names(connection: sa.Connection, wanted: Set[str]) -> Set[str] | None:
    """Those of `wanted` that anybody has, and of all others those that the first thousand people
    have; None where there is nobody."""
    some = sa.select(subscribers.c.attributes).order_by(subscribers.c.id).limit(_SOME)
    people = connection.scalars(some).all()
    if not people:
        return None
    found = {name for attributes in people for name in attributes}
    return found | {name for name in wanted - found if _anybody_has(connection, name)}


def _anybody_has(connection: sa.Connection, name: str) -> bool:
    value = subscribers.c.attributes[name].as_string()
    query = sa.select(subscribers.c.id).where(value.is_not(None)).limit(1)
    return connection.scalar(query) is not None


def of_token(connection: sa.Connection, token: bytes) -> SubscriptionView | None:
    query = (
        sa.select(
            lists,
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.subscriber_id,
            subscriptions.c.status,
            subscribers.c.email,
            subscribers.c.language,
        )
        .join_from(subscriptions, subscribers)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(subscriptions.c.token == token)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    status = SubscriptionStatus(row.status)
    return SubscriptionView(
        row.subscription_id,
        row.subscriber_id,
        row.email,
        row.language,
        from_row(row),
        status,
        token,
    )


def choices(connection: sa.Connection, token: bytes) -> tuple[Choice, ...]:
    """Every list, by title, with this person's subscription; empty for an unknown token."""
    query = sa.select(subscriptions.c.subscriber_id).where(subscriptions.c.token == token)
    subscriber_id = connection.scalar(query)
    if subscriber_id is None:
        return ()
    own = _subscriptions(connection, subscriber_id)
    every = connection.execute(sa.select(lists).order_by(lists.c.title, lists.c.name))
    return tuple(Choice(from_row(row), own.get(row.name)) for row in every)


def _subscriptions(connection: sa.Connection, subscriber_id: int) -> dict[str, Subscription]:
    """By the list's name, in the order in which they were made."""
    query = (
        sa.select(lists.c.name, lists.c.title, subscriptions)
        .join_from(subscriptions, lists)
        .where(subscriptions.c.subscriber_id == subscriber_id)
        .order_by(subscriptions.c.id)
    )
    return {row.name: _subscription(row) for row in connection.execute(query)}


def _subscription(row: Any) -> Subscription:
    return Subscription(
        row.name,
        row.title,
        SubscriptionStatus(row.status),
        row.token,
        row.confirmed_at,
        row.unsubscribed_at,
    )


def _suppressions(connection: sa.Connection, names: Sequence[str]) -> tuple[Suppression, ...]:
    query = (
        sa.select(lists.c.name, suppressions)
        .join_from(suppressions, lists, isouter=True)
        .where(suppressions.c.email_key.in_(names))
        .order_by(suppressions.c.id)
    )
    return tuple(map(_suppression, connection.execute(query)))


def _suppression(row: Any) -> Suppression:
    domain = row.email_key[1:] if row.email_key.startswith(DOMAIN_MARK) else ""
    return Suppression(row.name, domain, SuppressionReason(row.reason), row.source, row.created_at)


def _consents(connection: sa.Connection, subscriber_id: int) -> tuple[ConsentEvent, ...]:
    query = (
        sa.select(lists.c.name, consent_events)
        .join_from(consent_events, subscriptions)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(subscriptions.c.subscriber_id == subscriber_id)
        .order_by(consent_events.c.at, consent_events.c.id)
    )
    return tuple(
        ConsentEvent(
            row.name,
            row.at,
            ConsentChange(row.event),
            row.how,
            row.evidence,
            row.ip,
            row.user_agent,
            row.form,
            row.wording,
        )
        for row in connection.execute(query)
    )
