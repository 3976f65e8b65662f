"""What the ledger knows of readers: queries that others build into their own."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.ledger.schema import deliveries, dispatches
from mailer.model.delivery import State


def received(issue_id: str | None) -> sa.Select[int]:
    """(subscriber_id) of those who were sent a copy of an issue, or (None) of any."""
    sent = (deliveries.c.state == State.SENT, deliveries.c.subscriber_id.is_not(None))
    query = sa.select(deliveries.c.subscriber_id).where(*sent)
    if issue_id is None:
        return query
    its = sa.select(dispatches.c.id).where(dispatches.c.issue_id == issue_id)
    return query.where(deliveries.c.dispatch_id.in_(its))
