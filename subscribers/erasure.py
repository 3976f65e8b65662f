"""Erasing people: all that the store has of them goes. What stays is that they must not be mailed,
under a fingerprint of which nobody can tell the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from subscribers import entrance, suppression, tags
from subscribers.address import Address
from subscribers.fingerprint import Fingerprint
from subscribers.schema import metadata, subscribers, subscriptions, suppressions


@dataclass(frozen=True, slots=True)
class Traces:
    """By what somebody is known: the address key, other spellings of the address, and the ids that
    stand for them; those of who is nobody's subscriber are missing."""

    key: str
    spellings: frozenset[str]
    subscriber_id: int | None = None
    subscription_ids: tuple[int, ...] = ()


def traces(connection: sa.Connection, address: Address) -> Traces:
    """Of whoever has this address, however it is spelt this time."""
    mine = subscribers.c.email_key == address.key
    query = sa.select(subscribers.c.id, subscribers.c.email).where(mine)
    found = connection.execute(query).one_or_none()
    if found is None:
        return Traces(address.key, frozenset(address))
    ids = tuple(connection.scalars(_subscriptions_of(address.key)))
    return Traces(address.key, frozenset((*address, found.email)), found.id, ids)


def hold(connection: sa.Connection, addresses: Iterable[Address]) -> list[Traces]:
    """The traces of some people whom nobody else changes until the transaction ends, and to whom
    nothing is added: before they are erased."""
    entrance.bar(connection)
    return [_held(connection, address) for address in addresses]


def _held(connection: sa.Connection, address: Address) -> Traces:
    """Subscriptions go before their subscribers, as with everybody else who locks both."""
    connection.execute(_subscriptions_of(address.key).with_for_update(of=subscriptions)).all()
    person = sa.select(subscribers.c.id).where(subscribers.c.email_key == address.key)
    connection.execute(person.with_for_update()).all()
    return traces(connection, address)


def _subscriptions_of(key: str) -> sa.Select[int]:
    query = sa.select(subscriptions.c.id).join_from(subscriptions, subscribers)
    return query.where(subscribers.c.email_key == key).order_by(subscriptions.c.id)


def erase(
    connection: sa.Connection, person: Traces, fingerprint: Fingerprint, at: dt.datetime
) -> int | None:
    """Delete every row that is about this person, on whom `hold` was laid, in whatever table; how
    many there were. None where nothing was ever known of them."""
    ids = () if person.subscriber_id is None else (person.subscriber_id,)
    gone = delete(connection, person.subscription_ids, ids, (person.key,))
    tags.drop_unused(connection)
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
