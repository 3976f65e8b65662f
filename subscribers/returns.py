"""What a bounce or a complaint does to an address, wherever it is known. Within whoever's
transaction it is that keeps the report."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.consent import leave
from subscribers.model import Consent, SuppressionReason
from subscribers.schema import subscribers, subscriptions
from subscribers.suppression import suppress


def bounced(connection: sa.Connection, key: str, source: str, at: dt.datetime) -> bool:
    """The address of this key is dead: no list mails it any more. Whether that is new."""
    return suppress(connection, key, None, SuppressionReason.BOUNCED, source, at)


def complained(connection: sa.Connection, key: str, source: str, at: dt.datetime) -> bool:
    """Its reader called a mail spam: off every list, and mailed by none. Whether that is new."""
    theirs = sa.select(subscribers.c.id).where(subscribers.c.email_key == key)
    which = subscriptions.c.subscriber_id.in_(theirs)
    leave(connection, which, Consent("complaint", source), at)
    return suppress(connection, key, None, SuppressionReason.COMPLAINED, source, at)
