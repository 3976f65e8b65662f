"""How people stand with a list, read before anything is added to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from subscribers.admission import Standing
from subscribers.database import among
from subscribers.fingerprint import Fingerprint
from subscribers.model import ConsentChange, SubscriptionStatus
from subscribers.schema import consent_events, subscribers, subscriptions
from subscribers.suppression import reasons

OWN_ACTS = (ConsentChange.CONFIRMED, ConsentChange.RETURNED)


def of_keys(
    connection: sa.Connection,
    list_id: int,
    keys: Collection[str],
    fingerprint: Fingerprint,
    *,
    acts: bool,
    lock: bool,
) -> dict[str, Standing]:
    """By address key; strangers are left out. `fingerprint` is what erased addresses are known by;
    `acts` says whether it matters what people did
    themselves; `lock` keeps everybody else from changing these people until the end of the
    transaction. At most 10,000 keys."""
    query = _query(list_id, acts).where(among(connection, subscribers.c.email_key, keys))
    if lock:
        query = query.with_for_update(of=subscribers)
    suppressed = reasons(connection, list_id, keys, fingerprint)
    found = {key: Standing(suppressed=reason) for key, reason in suppressed.items()}
    for key, subscriber_id, attributes, subscription_id, status, *more in connection.execute(query):
        known = None if status is None else SubscriptionStatus(status)
        found[key] = Standing(
            subscriber_id, attributes, subscription_id, known, suppressed.get(key), *more
        )
    return found


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
