"""What senders have in hand together keeps to one budget, which the ledger remembers."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
import sqlalchemy as sa
from publication import Bench

from mailer.database import Database
from mailer.errors import DatabaseBusy
from mailer.ledger import budgets
from mailer.sender.purse import UNKNOWN, Purse
from mailer.sender.throttle import rate
from mailer.sender.throttle.budget import Limits
from mailer.sender.throttle.warm_up import WarmUp

BenchOf = Callable[[int], Bench]
T = TypeVar("T")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Threaded:
    """Transactions in a thread, as the sender's writer has them. Fails so often first. With
    `unheard` the answer to each one gets lost, and it is made once more."""

    def __init__(self, database: Database, failures: int = 0) -> None:
        self._database = database
        self.failures = failures
        self.unheard = False
        self.calls = 0

    def call(self, function: Callable[[sa.Connection], T]) -> Awaitable[T]:
        return asyncio.to_thread(self._run, function)

    def _run(self, function: Callable[[sa.Connection], T]) -> T:
        self.calls += 1
        if self.calls <= self.failures:
            raise DatabaseBusy("locked")
        if self.unheard:
            with self._database.write() as c:
                function(c)
        with self._database.write() as c:
            return function(c)


@pytest.fixture
def ledger(bench_of: BenchOf) -> Threaded:
    return Threaded(bench_of(0).database)


def used(ledger: Threaded, period: str) -> int:
    with ledger._database.write() as c:
        return sum(budgets.load(c, "main").used.get(period, {}).values())


class Spender:
    """Takes what its purse has, until the time is up or a quota is."""

    def __init__(self, ledger: Threaded, limits: Limits, name: str = "main") -> None:
        self.changed = asyncio.Event()
        self.purse = Purse(name, limits, ledger, now, self.changed.set)
        self.times: list[float] = []

    async def spend(self, seconds: float, most: int = 10**6) -> None:
        end = time.monotonic() + seconds
        while len(self.times) < most and (left := end - time.monotonic()) > 0:
            if self.purse.used_up:
                break
            self.changed.clear()
            wait = self.purse.wait()
            if wait == 0:
                self.purse.take()
                self.times.append(time.monotonic())
                continue
            try:
                await asyncio.wait_for(self.changed.wait(), min(wait, left))
            except TimeoutError:
                continue


def test_without_limits_the_ledger_is_asked_once(ledger: Threaded) -> None:
    """Whether somebody learnt that the relay is slow; then never again."""

    async def scene() -> None:
        spender = Spender(ledger, Limits())
        assert spender.purse.wait() == UNKNOWN
        await spender.spend(5, most=1000)
        await spender.purse.close()
        assert len(spender.times) == 1000

    asyncio.run(scene())
    assert ledger.calls == 1


def test_a_rate_is_kept(ledger: Threaded) -> None:
    """100 a second, no more; on a busy machine less."""

    async def scene() -> list[float]:
        spender = Spender(ledger, Limits(per_second=100))
        await spender.spend(0.8)
        await spender.purse.close()
        return spender.times

    times = asyncio.run(scene())
    assert 5 < len(times) <= 0.8 * 100 + 2


def test_what_a_rate_allowed_a_moment_ago_is_not_made_up_for(ledger: Threaded) -> None:
    """A sender that was held up has no burst behind it, which others' copies would come on top of;
    the quota that its permits were counted in has them back."""
    limits = Limits(per_second=100, periods={"day": 10**6})

    async def scene() -> int:
        spender = Spender(ledger, limits)
        await spender.spend(5, most=1)
        await asyncio.sleep(0.3)
        await spender.spend(0.3)
        await spender.purse.close()
        return len(spender.times)

    gone = asyncio.run(scene())
    assert 1 < gone <= 1 + (0.3 + rate.LATE.total_seconds()) * 100 + 1
    assert used(ledger, "day") == gone


@pytest.mark.both_databases
def test_two_senders_share_a_rate(ledger: Threaded) -> None:
    """Together they are as fast as one."""

    async def scene() -> int:
        spenders = [Spender(ledger, Limits(per_second=100)) for _ in range(2)]
        await asyncio.gather(*(spender.spend(0.8) for spender in spenders))
        for spender in spenders:
            await spender.purse.close()
        return sum(len(spender.times) for spender in spenders)

    assert 5 < asyncio.run(scene()) <= 0.8 * 100 + 2


@pytest.mark.both_databases
def test_a_quota_is_shared_and_used_up(ledger: Threaded) -> None:
    """To the last copy; then the purse says which quota it is, and how long."""
    limits = Limits(periods={"hour": 130, "day": 1000})

    async def scene() -> tuple[int, list[Purse]]:
        spenders = [Spender(ledger, limits) for _ in range(2)]
        await asyncio.gather(*(spender.spend(20) for spender in spenders))
        purses = [spender.purse for spender in spenders]
        assert [purse.period for purse in purses] == ["hour", "hour"]
        assert all(3500 < purse.wait() <= 3700 for purse in purses)
        for purse in purses:
            await purse.close()
        return sum(len(spender.times) for spender in spenders), purses

    assert asyncio.run(scene())[0] == 130
    assert (used(ledger, "hour"), used(ledger, "day")) == (130, 130)


@pytest.mark.both_databases
def test_a_warm_up_is_of_all_senders_together(ledger: Threaded) -> None:
    """So many on the first day, whoever sends them."""
    limits = Limits(warm_up=WarmUp(now().date(), (70, 70)))

    async def scene() -> int:
        spenders = [Spender(ledger, limits) for _ in range(3)]
        await asyncio.gather(*(spender.spend(20) for spender in spenders))
        return sum(len(spender.times) for spender in spenders)

    assert asyncio.run(scene()) == 70


@pytest.mark.parametrize("unheard", [False, True])
def test_what_was_not_used_is_given_back(ledger: Threaded, unheard: bool) -> None:
    """The next sender may have it; once, also where nobody hears that it is done."""

    async def scene() -> None:
        spender = Spender(ledger, Limits(periods={"day": 4000}))
        await spender.spend(5, most=7)
        ledger.unheard = unheard
        await spender.purse.close()

    asyncio.run(scene())
    assert used(ledger, "day") == 7


def test_a_sender_that_dies_leaves_too_little_and_never_too_much(ledger: Threaded) -> None:
    """What it had in hand counts as used."""

    async def scene() -> None:
        await Spender(ledger, Limits(periods={"day": 4000})).spend(5, most=7)

    asyncio.run(scene())
    assert 7 < used(ledger, "day") <= 400


def test_a_relay_that_is_too_slow_is_heeded_by_all(ledger: Threaded) -> None:
    """Also by a sender that comes later, and has no limits of its own."""

    async def scene() -> int:
        first = Spender(ledger, Limits())
        await first.spend(5, most=10)
        await first.purse.slow_down(observed=20)
        await first.purse.close()
        later = Spender(ledger, Limits())
        await later.spend(0.8)
        await later.purse.close()
        return len(later.times)

    assert 1 <= asyncio.run(scene()) <= 0.8 * 10 + 3


def test_a_database_in_trouble_is_a_pause(ledger: Threaded) -> None:
    """It is asked again."""
    ledger.failures = 1

    async def scene() -> float:
        spender = Spender(ledger, Limits())
        began = time.monotonic()
        await spender.spend(10, most=1)
        await spender.purse.close()
        return time.monotonic() - began

    assert asyncio.run(scene()) >= 1
    assert ledger.calls == 2
