"""Who receives: queries for whoever plans and sends. They are built here and run elsewhere.

Somebody is welcome to a mail where the subscription is confirmed and the address suppressed
neither for that list nor for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from subscribers.model import SubscriptionStatus
from subscribers.schema import subscribers, subscriptions
from subscribers.suppression import is_suppressed

MAX_BATCH = 10_000  # ids in one query; SQLite knows 32,766 bound values at most


def audience(list_id: int) -> sa.Select[int, int, str, bytes]:
    """(subscription_id, subscriber_id, email, token) of everybody who is welcome to a mail of
    this list, in the order of the subscription's id."""
    return (
        sa.select(
            subscriptions.c.id.label("subscription_id"),
            subscribers.c.id.label("subscriber_id"),
            subscribers.c.email,
            subscriptions.c.token,
        )
        .join_from(subscriptions, subscribers)
        .where(subscriptions.c.list_id == list_id, _is_welcome())
        .order_by(subscriptions.c.id)
    )


def recipients(subscription_ids: Sequence[int]) -> sa.Select[int, str, Any]:
    """(subscription_id, email, attributes) of a batch, whether they are still welcome or not;
    a subscription that is gone has no row. At most MAX_BATCH ids."""
    return (
        sa.select(
            subscriptions.c.id.label("subscription_id"),
            subscribers.c.email,
            subscribers.c.attributes,
        )
        .join_from(subscriptions, subscribers)
        .where(_among(subscription_ids))
    )


def welcome(subscription_ids: Sequence[int]) -> sa.Select[int]:
    """(subscription_id) of those in a batch who are still welcome. Who has no row unsubscribed,
    was suppressed or is gone. At most MAX_BATCH ids."""
    return (
        sa.select(subscriptions.c.id.label("subscription_id"))
        .join_from(subscriptions, subscribers)
        .where(_among(subscription_ids), _is_welcome())
    )


def _among(subscription_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    if len(subscription_ids) > MAX_BATCH:
        raise ValueError(f"a batch has at most {MAX_BATCH} subscriptions")
    return subscriptions.c.id.in_(subscription_ids)


def _is_welcome() -> sa.ColumnElement[bool]:
    return (subscriptions.c.status == SubscriptionStatus.CONFIRMED) & ~is_suppressed()
