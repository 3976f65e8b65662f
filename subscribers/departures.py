"""Who left: queries for whoever tells an editor what came of an issue. They run elsewhere."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.model import SubscriptionStatus
from subscribers.schema import subscriptions


def unsubscribed_since(list_id: int, at: dt.datetime) -> sa.Select[int]:
    """(subscription_id) of those who left this list from `at` on."""
    return sa.select(subscriptions.c.id).where(
        subscriptions.c.list_id == list_id,
        subscriptions.c.status == SubscriptionStatus.UNSUBSCRIBED,
        subscriptions.c.unsubscribed_at >= at,
    )
