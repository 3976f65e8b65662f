"""Readers who leave by one click at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import publication
import pytest
import readers
import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.web.way_out import WayOut
from subscribers.model import Consent, SubscriptionStatus

HOW = Consent("one-click", "")


class Counted:
    """A database that counts its write transactions, and fails the first ones."""

    def __init__(self, database: Database, failures: int = 0) -> None:
        self._database = database
        self._failures = failures
        self.transactions = 0

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        self.transactions += 1
        if self.transactions <= self._failures:
            raise DatabaseError("the database is locked")
        with self._database.write() as connection:
            yield connection


def tokens(site: readers.Readers, count: int) -> list[bytes]:
    store = site.bench.store
    emails = [f"reader{number}@example.org" for number in range(count)]
    for email in emails:
        status = SubscriptionStatus.CONFIRMED
        store.add(email, "monthly", {}, Consent("form", ""), status, publication.NOON)
    return [store.show(email).subscriptions[0].token for email in emails]


async def all_at_once(way_out: WayOut, leavers: list[bytes]) -> list[object]:
    leaving = (way_out.leave(token, HOW) for token in leavers)
    return await asyncio.gather(*leaving, return_exceptions=True)


def statuses(site: readers.Readers, leavers: list[bytes]) -> set[SubscriptionStatus]:
    found = (site.bench.store.subscription(token) for token in leavers)
    return {view.status for view in found if view is not None}


def test_those_who_wait_together_leave_together(site: readers.Readers) -> None:
    """One transaction for all who came before it began."""
    leavers, database = tokens(site, 20), Counted(site.bench.database)

    assert asyncio.run(all_at_once(WayOut(database, lambda: publication.NOON), leavers)) == [
        None
    ] * len(leavers)
    assert statuses(site, leavers) == {SubscriptionStatus.UNSUBSCRIBED}
    assert database.transactions == 1


def test_each_is_told_where_it_could_not_be_recorded(site: readers.Readers) -> None:
    """And the next who comes is served again."""
    leavers, database = tokens(site, 3), Counted(site.bench.database, failures=1)
    way_out = WayOut(database, lambda: publication.NOON)

    async def twice() -> tuple[list[object], list[object]]:
        return await all_at_once(way_out, leavers), await all_at_once(way_out, leavers[:1])

    first, second = asyncio.run(twice())
    assert [type(answer) for answer in first] == [DatabaseError] * 3
    assert second == [None]
    assert statuses(site, leavers[:1]) == {SubscriptionStatus.UNSUBSCRIBED}
    assert statuses(site, leavers[1:]) == {SubscriptionStatus.CONFIRMED}


def test_who_hangs_up_leaves_all_the_same(site: readers.Readers) -> None:
    """The request is gone, and the others are answered."""
    leavers, database = tokens(site, 2), Counted(site.bench.database)
    way_out = WayOut(database, lambda: publication.NOON)

    async def one_hangs_up() -> None:
        first = asyncio.create_task(way_out.leave(leavers[0], HOW))
        second = asyncio.create_task(way_out.leave(leavers[1], HOW))
        await asyncio.sleep(0)
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(one_hangs_up())
    assert statuses(site, leavers) == {SubscriptionStatus.UNSUBSCRIBED}
