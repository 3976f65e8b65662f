"""Erasing people: all that the store has of them goes. What stays is that they must not be mailed,
under a fingerprint of which nobody can tell the address."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from subscribers import moving, suppression, tags
from subscribers.address import Address
from subscribers.fingerprint import Fingerprint
from subscribers.gates import ENTRANCE
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


def traces(connection: sa.Connection, addresses: Sequence[Address]) -> list[Traces]:
    """Of whoever have these addresses, however those are spelt this time."""
    query = sa.select(subscribers.c.email_key, subscribers.c.email, subscribers.c.id)
    known = {row.email_key: row for row in connection.execute(query.where(_are(addresses)))}
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for row in connection.execute(_subscriptions_of(addresses)):
        ids[row.email_key].append(row.id)
    had = moving.former(connection, [row.id for row in known.values()])
    return [
        _traces(each, found, ids[each.key], had[found.id])
        if (found := known.get(each.key))
        else Traces(each.key, frozenset(each))
        for each in addresses
    ]


def _traces(
    address: Address, known: Any, subscription_ids: Iterable[int], had: Mapping[str, str]
) -> Traces:
    spellings = frozenset((*address, known.email, *had, *had.values()))
    return Traces(address.key, spellings, known.id, tuple(subscription_ids), tuple(had))


def hold(connection: sa.Connection, addresses: Sequence[Address]) -> list[Traces]:
    """The traces of people whom nobody else changes until the transaction ends, and to whom
    nothing is added: before they are erased. Subscriptions go before their subscribers, as with
    everybody else who locks both."""
    ENTRANCE.bar(connection)
    connection.execute(_subscriptions_of(addresses).with_for_update(of=subscriptions)).all()
    people = sa.select(subscribers.c.id).where(_are(addresses)).order_by(subscribers.c.email_key)
    connection.execute(people.with_for_update()).all()
    return traces(connection, addresses)


def _subscriptions_of(addresses: Iterable[Address]) -> sa.Select[int, str]:
    query = sa.select(subscriptions.c.id, subscribers.c.email_key)
    query = query.join_from(subscriptions, subscribers).where(_are(addresses))
    return query.order_by(subscriptions.c.id)


def _are(addresses: Iterable[Address]) -> sa.ColumnElement[bool]:
    return subscribers.c.email_key.in_([address.key for address in addresses])


def erase(
    connection: sa.Connection, people: Sequence[Traces], fingerprint: Fingerprint, at: dt.datetime
) -> int | None:
    """Delete every row that is about these people, on whom `hold` was laid, in whatever table; how
    many there were. None where nothing was ever known of any of them."""
    keys = [key for who in people for key in (who.key, *who.former)]
    gone = delete(
        connection,
        list(chain.from_iterable(who.subscription_ids for who in people)),
        [who.subscriber_id for who in people if who.subscriber_id is not None],
        keys,
    )
    tags.drop_unused(connection)
    known = suppression.forget(connection, keys, fingerprint, at)
    return gone if gone or known else None


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
