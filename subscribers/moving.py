"""A person takes another address. The one that they had brings nobody in from then on: with an old
file it would come back, and they would be mailed twice."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.address import parse
from subscribers.model import SuppressionReason
from subscribers.schema import subscriber_changes, subscribers, suppressions
from subscribers.suppression import suppress

MOVED = "took another address"


def leave_behind(c: sa.Connection, before: str, after: str, at: dt.datetime) -> None:
    """Keys of addresses. Whoever goes back to one that they had may."""
    here = (suppressions.c.email_key == after, suppressions.c.list_id.is_(None))
    c.execute(sa.delete(suppressions).where(*here, suppressions.c.source == MOVED))
    suppress(c, before, None, SuppressionReason.UNSUBSCRIBED, MOVED, at)


def former(c: sa.Connection, subscriber_id: int) -> dict[str, str]:
    """The addresses, by key, that somebody had before and nobody has now."""
    theirs = sa.select(subscriber_changes.c.before).where(
        subscriber_changes.c.subscriber_id == subscriber_id, subscriber_changes.c.field == "email"
    )
    had = {parse(email).key: email for email in c.scalars(theirs) if email}
    taken = sa.select(subscribers.c.email_key).where(subscribers.c.email_key.in_(had))
    return {key: had[key] for key in had.keys() - set(c.scalars(taken))}
