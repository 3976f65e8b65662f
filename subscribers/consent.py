"""Leaving a list and coming back, each with its entry in the consent log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import attrgetter

import sqlalchemy as sa

from subscribers import bulk, suppression
from subscribers.fingerprint import Fingerprint
from subscribers.instant import microseconds
from subscribers.model import Consent, ConsentChange, SubscriptionStatus
from subscribers.schema import consent_events, subscribers, subscriptions

_EVENT = ("subscription_id", "at", "event")
_GROUND = ("how", "evidence", "ip", "user_agent", "form", "wording")
_ground = attrgetter(*_GROUND)


def leave(
    connection: sa.Connection,
    which: sa.ColumnElement[bool],
    consent: Consent,
    at: dt.datetime,
) -> int:
    """Unsubscribe those subscriptions of `which` that are not yet; returns how many."""
    statement = (
        sa.update(subscriptions)
        .where(which, subscriptions.c.status != SubscriptionStatus.UNSUBSCRIBED)
        .values(status=SubscriptionStatus.UNSUBSCRIBED, unsubscribed_at=at)
        .returning(subscriptions.c.id)
    )
    left = connection.scalars(statement).all()
    log(connection, [(id_, ConsentChange.UNSUBSCRIBED, consent) for id_ in left], at)
    return len(left)


def leave_by_token(
    connection: sa.Connection, leavers: Iterable[tuple[bytes, Consent]], at: dt.datetime
) -> None:
    """One subscription each, any number of times; a token of nobody is no error."""
    for token, consent in leavers:
        leave(connection, subscriptions.c.token == token, consent, at)


def come_back(
    connection: sa.Connection,
    token: bytes,
    consent: Consent,
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> bool:
    """The person's own act: pending or unsubscribed → confirmed. False where it was confirmed
    already, or where there is no such subscription. It takes back that they left this list with
    another program, or were erased from it; no other suppression is lifted."""
    row = connection.execute(
        sa.select(subscriptions).where(subscriptions.c.token == token).with_for_update()
    ).first()
    if row is None or row.status == SubscriptionStatus.CONFIRMED:
        return False
    connection.execute(
        sa.update(subscriptions)
        .where(subscriptions.c.id == row.id)
        .values(status=SubscriptionStatus.CONFIRMED, confirmed_at=at, unsubscribed_at=None)
    )
    take_back(connection, row.subscriber_id, row.list_id, fingerprint)
    pending = row.status == SubscriptionStatus.PENDING
    event = ConsentChange.CONFIRMED if pending else ConsentChange.RETURNED
    log(connection, [(row.id, event, consent)], at)
    return True


def explain(connection: sa.Connection, token: bytes, consent: Consent, at: dt.datetime) -> bool:
    """Why somebody left, in their words; False where they have not, or have said it already."""
    query = sa.select(subscriptions.c.id).where(
        subscriptions.c.token == token,
        subscriptions.c.status == SubscriptionStatus.UNSUBSCRIBED,
    )
    found = connection.scalar(query.with_for_update())
    if found is None or _last(connection, found) == ConsentChange.EXPLAINED:
        return False
    log(connection, [(found, ConsentChange.EXPLAINED, consent)], at)
    return True


def _last(connection: sa.Connection, subscription_id: int) -> str | None:
    mine = consent_events.c.subscription_id == subscription_id
    query = sa.select(consent_events.c.event).where(mine)
    return connection.scalar(query.order_by(consent_events.c.id.desc()).limit(1))


def take_back(
    connection: sa.Connection, subscriber_id: int, list_id: int, fingerprint: Fingerprint
) -> None:
    """What somebody once said of this list: their own word is newer."""
    query = sa.select(subscribers.c.email_key).where(subscribers.c.id == subscriber_id)
    key: str = connection.scalars(query).one()
    suppression.lift(connection, key, list_id, fingerprint, suppression.SAID)


def log_unsuppressed(
    connection: sa.Connection, key: str, list_id: int | None, why: str, at: dt.datetime
) -> None:
    """That the editor lifted a suppression of this address, in the log of each subscription that
    it held for."""
    query = (
        sa.select(subscriptions.c.id)
        .join_from(subscriptions, subscribers)
        .where(subscribers.c.email_key == key)
    )
    if list_id is not None:
        query = query.where(subscriptions.c.list_id == list_id)
    consent = Consent("suppression lifted by the editor", why)
    ids = connection.scalars(query).all()
    log(connection, [(id_, ConsentChange.UNSUPPRESSED, consent) for id_ in ids], at)


def log(
    connection: sa.Connection,
    entries: Iterable[tuple[int, ConsentChange, Consent]],
    at: dt.datetime,
) -> None:
    """Append (subscription id, what happened, on which ground) to the consent log."""
    created = microseconds(at)
    rows = [(id_, created, str(event), *_ground(consent)) for id_, event, consent in entries]
    bulk.insert(connection, consent_events, (*_EVENT, *_GROUND), rows)
