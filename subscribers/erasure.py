"""Erasing people: all that the store has of them goes. What stays is that they must not be mailed,
under a fingerprint of which nobody can tell the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from subscribers import moving, suppression, tags
from subscribers.fingerprint import Fingerprint
from subscribers.schema import metadata, subscribers, subscriptions, suppressions


@dataclass(frozen=True, slots=True)
class Traces:
    """By what somebody is known: the address key, those of addresses that they had before, the
    spellings of all, and the ids that stand for them; those of who is nobody's subscriber are
    missing."""

    key: str
    spellings: frozenset[str]
    subscriber_id: int | None = None
    subscription_ids: tuple[int, ...] = ()
    former: tuple[str, ...] = ()


def traces(connection: sa.Connection, email: str, key: str) -> Traces:
    """Of whoever has this address, spelt as `email` this time."""
    query = sa.select(subscribers.c.id, subscribers.c.email).where(subscribers.c.email_key == key)
    found = connection.execute(query).one_or_none()
    if found is None:
        return Traces(key, frozenset((email, key)))
    mine = sa.select(subscriptions.c.id).where(subscriptions.c.subscriber_id == found.id)
    ids = tuple(connection.scalars(mine))
    had = moving.former(connection, found.id)
    spellings = frozenset((email, key, found.email, *had, *had.values()))
    return Traces(key, spellings, found.id, ids, tuple(had))


def erase(
    connection: sa.Connection, person: Traces, fingerprint: Fingerprint, at: dt.datetime
) -> int | None:
    """Delete every row that is about this person, in whatever table; how many there were. None
    where nothing was ever known of them."""
    ids = () if person.subscriber_id is None else (person.subscriber_id,)
    gone = delete(connection, person.subscription_ids, ids, (person.key, *person.former))
    tags.drop_unused(connection)
    for key in person.former:
        suppression.forget(connection, key, fingerprint, at)
    news = suppression.forget(connection, person.key, fingerprint, at)
    return None if news and not gone else gone


def delete(
    connection: sa.Connection,
    subscription_ids: Collection[int],
    subscriber_ids: Collection[int] = (),
    keys: Collection[str] = (),
) -> int:
    """Every row that says it is theirs, those first that cite others; how many there were."""
    whose: Mapping[str, Collection[int | str]] = {
        "subscription_id": subscription_ids,
        "subscriber_id": subscriber_ids,
        "email_key": keys,
    }
    gone = 0
    for table in reversed(metadata.sorted_tables):
        marks = [table.c[name].in_(ids) for name, ids in whose.items() if name in table.c and ids]
        if table is subscriptions:
            marks.append(subscriptions.c.id.in_(subscription_ids))
        if table is subscribers:
            marks.append(subscribers.c.id.in_(subscriber_ids))
        if marks and table is not suppressions:
            gone += connection.execute(sa.delete(table).where(sa.or_(*marks))).rowcount
    return gone
