"""Who left: queries for whoever tells an editor what came of an issue. They run elsewhere."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.model import SubscriptionStatus, SuppressionReason
from subscribers.schema import subscribers, subscriptions, suppressions


def unsubscribed_since(list_id: int, at: dt.datetime) -> sa.Select[int]:
    """(subscription_id) of those who left this list from `at` on."""
    return sa.select(subscriptions.c.id).where(
        subscriptions.c.list_id == list_id,
        subscriptions.c.status == SubscriptionStatus.UNSUBSCRIBED,
        subscriptions.c.unsubscribed_at >= at,
    )


def bounced() -> sa.Select[int]:
    """(subscriber_id) of those whose address came back as bad."""
    return (
        sa.select(subscribers.c.id)
        .join(suppressions, suppressions.c.email_key == subscribers.c.email_key)
        .where(suppressions.c.reason == SuppressionReason.BOUNCED)
    )
