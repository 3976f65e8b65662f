"""A person takes another address. The one that they had brings nobody in from then on: with an old
file it would come back, and they would be mailed twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from subscribers.address import parse
from subscribers.fingerprint import Fingerprint
from subscribers.model import SuppressionReason
from subscribers.schema import subscriber_changes, subscribers, suppressions
from subscribers.suppression import suppress

MOVED = "took another address"


def leave_behind(
    c: sa.Connection, before: str, after: str, fingerprint: Fingerprint, at: dt.datetime
) -> None:
    """Keys of addresses. Whoever goes back to one that they had may."""
    here = (suppressions.c.email_key == after, suppressions.c.list_id.is_(None))
    c.execute(sa.delete(suppressions).where(*here, suppressions.c.source == MOVED))
    suppress(c, before, None, SuppressionReason.UNSUBSCRIBED, MOVED, fingerprint, at)


def former(c: sa.Connection, subscriber_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """For each of them the addresses, by key, that they had before and nobody has now."""
    changes = subscriber_changes.c
    theirs = sa.select(changes.subscriber_id, changes.before).where(
        changes.subscriber_id.in_(subscriber_ids), changes.field == "email"
    )
    had = [(id_, parse(email).key, email) for id_, email in c.execute(theirs) if email]
    keys = {key for _, key, _ in had}
    taken = set(
        c.scalars(sa.select(subscribers.c.email_key).where(subscribers.c.email_key.in_(keys)))
    )
    return {
        id_: {key: email for whose, key, email in had if whose == id_ and key not in taken}
        for id_ in subscriber_ids
    }
