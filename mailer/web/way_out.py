"""The way out: readers who leave by one click, in one transaction as many as wait for it. While an
issue goes out its sender and they take turns at the database, and a turn for each of them would
hold up both."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from mailer.database import Database
from subscribers import consent
from subscribers.model import Consent


class _Leaver(NamedTuple):
    token: bytes
    consent: Consent
    left: asyncio.Future[None]


class WayOut:
    def __init__(self, database: Database, now: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._now = now
        self._waiting: deque[_Leaver] = deque()
        self._turn: asyncio.Task[None] | None = None

    async def leave(self, token: bytes, consent: Consent) -> None:
        """Until it is on record. Raises DatabaseError where it cannot be."""
        left = asyncio.get_running_loop().create_future()
        self._waiting.append(_Leaver(token, consent, left))
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._take_turns())
        await left

    async def _take_turns(self) -> None:
        while self._waiting:
            group: list[_Leaver] = []
            try:
                await run_in_threadpool(self._record, group)
            except Exception as error:  # each is told, in its own request
                _answer([*group, *self._waiting], error)
                self._waiting.clear()
            else:
                _answer(group)

    def _record(self, group: list[_Leaver]) -> None:
        """Who came while the transaction waited for its turn goes with it."""
        with self._database.write() as c:
            while self._waiting:
                group.append(self._waiting.popleft())
            consent.leave_by_token(c, [(one.token, one.consent) for one in group], self._now())


def _answer(group: list[_Leaver], error: Exception | None = None) -> None:
    for one in group:
        if one.left.done():  # whoever asked has gone
            continue
        if error is None:
            one.left.set_result(None)
        else:
            one.left.set_exception(error)
