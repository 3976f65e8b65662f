"""How people stand with a list, read before anything is added to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from subscribers import tags
from subscribers.admission import Standing
from subscribers.database import among
from subscribers.fingerprint import Fingerprint
from subscribers.model import ConsentChange, SubscriptionStatus
from subscribers.schema import consent_events, subscribers, subscriptions
from subscribers.suppression import reasons

OWN_ACTS = (ConsentChange.CONFIRMED, ConsentChange.RETURNED)
_STATUSES = {status.value: status for status in SubscriptionStatus}
_NO_TAGS: frozenset[str] = frozenset()


def of_keys(
    connection: sa.Connection,
    list_id: int,
    keys: Collection[str],
    fingerprint: Fingerprint,
    *,
    acts: bool,
    tagged: bool,
    lock: bool,
) -> dict[str, Standing]:
    """By address key; strangers are left out. `fingerprint` is what erased addresses are known by;
    `acts` and `tagged` say whether it matters what people did themselves, and what tags they have;
    `lock` keeps everybody else from changing these people until the end of the transaction. At most
    10,000 keys."""
    query = _query(list_id, acts).where(among(connection, subscribers.c.email_key, keys))
    if lock:
        _hold(connection, list_id, keys)
        query = query.with_for_update(of=subscribers, key_share=True)
    suppressed = reasons(connection, list_id, keys, fingerprint)
    found = {key: Standing(suppressed=reason) for key, reason in suppressed.items()}
    rows = connection.execute(query).all()
    tags_of = tags.keys_of(connection, [row[1] for row in rows]) if tagged else {}
    for key, subscriber_id, attributes, subscription_id, status, at, own_act, language in rows:
        found[key] = Standing(
            *(subscriber_id, attributes, subscription_id, _STATUSES.get(status)),
            *(suppressed.get(key), at, own_act, tags_of.get(subscriber_id, _NO_TAGS)),
            language,
        )
    return found


def _hold(connection: sa.Connection, list_id: int, keys: Collection[str]) -> None:
    """Subscriptions go before their subscribers, as with everybody else who locks both."""
    theirs = sa.select(subscribers.c.id).where(among(connection, subscribers.c.email_key, keys))
    query = (
        sa.select(subscriptions.c.id)
        .where(subscriptions.c.list_id == list_id, subscriptions.c.subscriber_id.in_(theirs))
        .order_by(subscriptions.c.id)
    )
    connection.execute(query.with_for_update(key_share=True)).all()


def _query(list_id: int, acts: bool) -> sa.Select[*tuple[Any, ...]]:
    own_act = (
        sa.exists()
        .where(
            consent_events.c.subscription_id == subscriptions.c.id,
            consent_events.c.event.in_(OWN_ACTS),
        )
        .correlate(subscriptions)
    )
    return (
        sa.select(
            subscribers.c.email_key,
            subscribers.c.id,
            sa.cast(subscribers.c.attributes, sa.Text),
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.status,
            subscriptions.c.confirmed_at,
            own_act if acts else sa.false(),
            subscribers.c.language,
        )
        .join_from(
            subscribers,
            subscriptions,
            (subscriptions.c.subscriber_id == subscribers.c.id)
            & (subscriptions.c.list_id == list_id),
            isouter=True,
        )
        .order_by(subscribers.c.email_key)  # one order for all, against deadlocks
    )
