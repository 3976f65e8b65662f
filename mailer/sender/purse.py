"""Permits in hand: what one sender may send through a relay, or to a domain, right now.

They are got from the ledger in small blocks, so that all senders together keep to one budget. By a
rate each permit is for its moment: one that is late is not used beside those that are due by then,
which others have. A purse without limits asks nobody.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

import sqlalchemy as sa

from mailer.errors import MailerError
from mailer.ledger import budgets
from mailer.model.pace import Account
from mailer.sender.throttle import budget, rate, slowing
from mailer.sender.throttle.budget import Limits, Reserved

T = TypeVar("T")
Clock = Callable[[], dt.datetime]
_Where = Mapping[str, dt.datetime]  # the buckets in which a permit was counted

UNKNOWN = math.inf  # how long nobody can say; `changed` is called when it is known
_BLOCK = 100  # permits to ask for where no rate says how many
_LATE = rate.LATE.total_seconds()
_TROUBLE = 1.0  # seconds to wait for a database that cannot be used
_LONGEST_SLEEP = 60.0  # seconds; another sender may give something back, a clock may be put right


class Ledger(Protocol):
    """Runs a function in a transaction of its own; the sender's writer is one."""

    def call(self, function: Callable[[sa.Connection], T]) -> Awaitable[T]: ...


class Purse:
    """`changed` is called when it is worth looking again. `period` names the quota that the ledger
    has nothing left of, `until` is how long. Use it from one event loop, and close it."""

    def __init__(
        self, name: str, limits: Limits, ledger: Ledger, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.name = name
        self.period = ""
        self.until = clock()
        self._limits = limits
        self._ledger = ledger
        self._clock = clock
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._metered = True  # until the ledger says that nobody has to count
        self._permits: deque[float] = deque()  # from when each may be used, in the loop's time
        self._counted: deque[_Where] = deque()  # where each was counted
        self._paced = False  # each is for its moment
        self._most = _BLOCK  # to ask for at that pace
        self._late = False  # some were, since it was asked
        self._unused: list[_Where] = []  # to be given back
        self._plenty = 0  # in hand: no need to ask for more
        self._opens = 0.0  # in the loop's time: nothing before
        self._last: _Where = {}
        self._asking: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def wait(self) -> float:
        """Seconds until a copy may go: 0 for now, `UNKNOWN` while the ledger is asked. `changed`
        is called when it is worth asking again, which may be sooner: others give back."""
        if not self._metered:
            return 0.0
        now = self._loop.time()
        self._drop_late(now)
        if not self._permits and self._opens <= now:
            self._ask()
            return UNKNOWN
        opens = self._permits[0] if self._permits else self._opens
        if opens <= now:
            return 0.0
        self._wake_at(opens)
        if self.used_up:
            return max(opens - now, (self.until - self._clock()).total_seconds())
        return opens - now

    def take(self) -> None:
        """One copy goes; only while `wait()` is 0."""
        if self._metered:
            self._permits.popleft()
            self._last = self._counted.popleft()
            if len(self._permits) <= self._plenty and self._opens <= self._loop.time():
                self._ask()

    def put_back(self) -> None:
        """The last one did not go after all."""
        if self._metered:
            self._permits.appendleft(self._loop.time())
            self._counted.appendleft(self._last)

    @property
    def used_up(self) -> bool:
        """Whether a quota is, to its last permit."""
        return bool(self.period) and not self._permits

    async def known(self) -> None:
        """Wait until it is known whether a copy may go."""
        if self.wait() == UNKNOWN and self._asking is not None:
            await self._asking

    async def slow_down(self, observed: float) -> None:
        """The relay says that `observed` copies a second are too many. All senders heed it."""
        self._metered = True
        await self._ledger.call(lambda c: _slow_down(c, self.name, observed, self._clock()))

    async def close(self) -> None:
        """Give back what was not used. Tried again, when it may be that only the answer got lost,
        nothing is: rather too little than twice."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._asking is not None:
            await self._asking
        unused = [*self._unused, *self._counted]
        self._permits.clear()
        self._counted.clear()

        def give_back(c: sa.Connection) -> None:
            once = [*unused]
            unused.clear()
            _give_back(c, self.name, once)

        if unused:
            await self._ledger.call(give_back)

    def _drop_late(self, now: float) -> None:
        """And ask for fewer next time: this sender may not be able to use so many at a stretch."""
        while self._paced and self._permits and self._permits[0] < now - _LATE:
            self._permits.popleft()
            self._unused.append(self._counted.popleft())
            self._late = True

    def _ask(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = self._loop.create_task(self._fill())

    async def _fill(self) -> None:
        """A database in trouble stops the whole sender, which tells of it; here it is a pause."""
        unused, most = list(self._unused), self._most

        def reserve(c: sa.Connection) -> tuple[Reserved, bool]:
            _give_back(c, self.name, unused)
            return _reserve(c, self.name, self._limits, most, self._clock())

        try:
            got, self._metered = await self._ledger.call(reserve)
        except MailerError:
            self._close_for(_TROUBLE)
        else:
            del self._unused[: len(unused)]
            self._keep(got)
        self._changed()

    def _keep(self, got: Reserved) -> None:
        now, clock = self._loop.time(), self._clock()
        self.period, self.until = got.period, got.until
        if got.permits.count:
            self._opens = 0.0
            self._paced = bool(got.permits.interval)
            self._most = max(1, got.permits.count // 2) if self._late else 2 * got.permits.count
            self._late = False
            self._plenty = got.permits.count // 2
            self._permits.extend(now + (at - clock).total_seconds() for at in got.permits.times())
            self._counted.extend([got.counted] * got.permits.count)
        elif self._metered:
            self._close_for((got.until - clock).total_seconds())

    def _close_for(self, seconds: float) -> None:
        self._opens = self._loop.time() + min(_LONGEST_SLEEP, max(0.001, seconds))

    def _wake_at(self, when: float) -> None:
        if self._alarm is not None:
            if self._loop.time() < self._alarm.when() <= when:
                return
            self._alarm.cancel()
        self._alarm = self._loop.call_at(when, self._changed)


def _reserve(
    c: sa.Connection, name: str, limits: Limits, most: int, now: dt.datetime
) -> tuple[Reserved, bool]:
    """The next permits, by a rate `most` at most; and whether they have to be counted at all."""
    account = budgets.load(c, name)
    per_second = budget.effective(limits, account, now)
    if per_second is None and not limits:
        return Reserved(rate.Permits(0, now), account, now), False
    want = _BLOCK if per_second is None else min(most, rate.block(per_second))
    got = budget.reserve(limits, account, want, now)
    if got.permits.count:
        budgets.save(c, name, got.account)
        budgets.count(c, name, got.counted, got.permits.count)
        budgets.forget(c, name, {quota.period: quota.since for quota in limits.quotas(now)})
    return got, True


def _slow_down(c: sa.Connection, name: str, observed: float, now: dt.datetime) -> None:
    account: Account = budgets.load(c, name)
    budgets.save(c, name, replace(account, slowed=slowing.slowed(account.slowed, observed, now)))


def _give_back(c: sa.Connection, name: str, unused: Iterable[_Where]) -> None:
    counted = Counter(tuple(sorted(where.items())) for where in unused)
    if counted:
        budgets.hold(c, name)
    for where, copies in counted.items():
        budgets.count(c, name, dict(where), -copies)
