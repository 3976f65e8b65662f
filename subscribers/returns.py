"""What a bounce or a complaint does to an address, wherever it is known. Within whoever's
transaction it is that keeps the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import chain

import sqlalchemy as sa

from subscribers.consent import leave
from subscribers.database import among
from subscribers.fingerprint import Fingerprint
from subscribers.model import Consent, SuppressionReason
from subscribers.naming import names
from subscribers.schema import consent_events, subscribers, subscriptions, suppressions
from subscribers.standings import OWN_ACTS
from subscribers.suppression import suppress


def bounced(
    connection: sa.Connection, key: str, source: str, fingerprint: Fingerprint, at: dt.datetime
) -> bool:
    """The address of this key is dead: no list mails it any more. Whether that is new."""
    return suppress(connection, key, None, SuppressionReason.BOUNCED, source, fingerprint, at)


def spared(
    connection: sa.Connection,
    keys: Collection[str],
    sources: Collection[str],
    fingerprint: Fingerprint,
) -> int:
    """Take back what `bounced` did to these addresses for one of these sources; how many it was."""
    known = set(chain.from_iterable(names(connection, keys, fingerprint).values()))
    statement = sa.delete(suppressions).where(
        among(connection, suppressions.c.email_key, known),
        suppressions.c.list_id.is_(None),
        suppressions.c.reason == SuppressionReason.BOUNCED,
        suppressions.c.source.in_(sources),
    )
    return connection.execute(statement).rowcount


def has_answered_since(connection: sa.Connection, key: str, at: dt.datetime) -> bool:
    """Whether its reader has answered a mail after `at`, as nobody can whose address is dead."""
    query = (
        sa.select(consent_events.c.id)
        .join_from(consent_events, subscriptions)
        .join(subscribers)
        .where(
            subscribers.c.email_key == key,
            consent_events.c.event.in_(OWN_ACTS),
            consent_events.c.at > at,
        )
    )
    return connection.scalar(query.limit(1)) is not None


def complained(
    connection: sa.Connection,
    key: str,
    source: str,
    fingerprint: Fingerprint,
    at: dt.datetime,
    list_id: int | None = None,
) -> bool:
    """Its reader called a mail spam: off this list, or every one, and not mailed by it. Whether
    that is new."""
    theirs = sa.select(subscribers.c.id).where(subscribers.c.email_key == key)
    on_it = sa.true() if list_id is None else subscriptions.c.list_id == list_id
    which = subscriptions.c.subscriber_id.in_(theirs) & on_it
    leave(connection, which, Consent("complaint", source), at)
    reason = SuppressionReason.COMPLAINED
    return suppress(connection, key, list_id, reason, source, fingerprint, at)
