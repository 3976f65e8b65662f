"""Who receives: queries for whoever plans and sends. They are built here and run elsewhere.

Somebody is welcome to a mail where the subscription is confirmed and the address suppressed
neither for that list nor for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from subscribers.attributes import SPACES
from subscribers.database import octets
from subscribers.model import SubscriptionStatus
from subscribers.schema import subscribers, subscriptions
from subscribers.suppression import is_suppressed

Audience = sa.Select[int, int, str, bytes]  # subscription, subscriber, address, token
MAX_BATCH = 10_000  # ids in one query; SQLite knows 32,766 bound values at most


def audience(list_id: int) -> Audience:
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


@dataclass(frozen=True, slots=True)
class Use:
    """How a text uses an attribute: so many times, and of how many octets what stands there
    otherwise is; None where nothing may stand there otherwise."""

    attribute: str
    times: int
    otherwise: int | None


def lengths(people: Audience, uses: Iterable[Use]) -> sa.Select[int, int]:
    """(subscription_id, octets) of everybody in an audience, in the order of the subscription's
    id: how much a text takes for the address and for the attributes that it uses. Null where an
    attribute has no value, or a blank one, and nothing may stand there otherwise."""
    chosen = people.subquery()
    total = sum((_length(use) for use in uses), start=octets(chosen.c.email))
    return (
        sa.select(chosen.c.subscription_id, total.label("octets"))
        .join_from(chosen, subscribers, subscribers.c.id == chosen.c.subscriber_id)
        .order_by(chosen.c.subscription_id)
    )


def _length(use: Use) -> sa.ColumnElement[int]:
    value = subscribers.c.attributes[use.attribute].as_string()
    length: sa.ColumnElement[int] = octets(sa.func.nullif(sa.func.trim(value, SPACES), ""))
    if use.otherwise is not None:
        length = sa.func.coalesce(length, use.otherwise)
    return use.times * length


def _among(subscription_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    if len(subscription_ids) > MAX_BATCH:
        raise ValueError(f"a batch has at most {MAX_BATCH} subscriptions")
    return subscriptions.c.id.in_(subscription_ids)


def _is_welcome() -> sa.ColumnElement[bool]:
    return (subscriptions.c.status == SubscriptionStatus.CONFIRMED) & ~is_suppressed()
