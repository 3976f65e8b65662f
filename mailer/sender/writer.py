"""The sender's one writer thread.

Whatever waits goes into the next transaction: the results of the copies that came back and the
marks of those that are next. While one transaction is being made durable, the next one gathers.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import MailerError
from mailer.ledger.record import Mark, Result, Verdict, record

T = TypeVar("T")
Welcome = Callable[[Sequence[int]], sa.Select[int]]
Clock = Callable[[], dt.datetime]

_LAST_TRIES = 3  # to save results when the database failed; each waits for a busy database


@dataclass(slots=True)
class _Batch:
    results: list[Result] = field(default_factory=list)
    marks: list[tuple[Mark, asyncio.Future[Verdict]]] = field(default_factory=list)
    calls: list[tuple[Callable[[sa.Connection], Any], asyncio.Future[Any]]] = field(
        default_factory=list
    )
    last: bool = False


class Writer:
    """Use it from the event loop in which it was made; close it when all is done."""

    def __init__(self, database: Database, welcome: Welcome, clock: Clock) -> None:
        self._database = database
        self._welcome = welcome
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._unsaved: list[Result] = []
        self._trouble: Exception | None = None  # why they are unsaved
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def settle(self, result: Result) -> None:
        """Record a result with the next transaction, before any mark asked for later."""
        self._queue.put(result)

    async def mark(self, mark: Mark) -> Verdict:
        """The verdict, once it is durable."""
        future: asyncio.Future[Verdict] = self._loop.create_future()
        self._queue.put((mark, future))
        return await future

    async def call(self, function: Callable[[sa.Connection], T]) -> T:
        """Run `function` in a transaction of its own, after all that was handed in before."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put((function, future))
        return await future

    async def close(self) -> None:
        """Write what is left and end the thread; raises if results could not be saved."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        if self._unsaved:
            raise MailerError(
                f"{self._trouble}: the results of {len(self._unsaved)} copies are not written: "
                "they will be shown as uncertain"
            )

    def _work(self) -> None:
        last = False
        while not last:
            batch = self._gather()
            last = batch.last
            self._write(batch)
            for function, future in batch.calls:
                self._run(function, future)
        for _ in range(_LAST_TRIES):
            if self._unsaved:
                self._write(_Batch())

    def _gather(self) -> _Batch:
        batch = _Batch(results=self._unsaved)
        self._unsaved = []
        entry = self._queue.get()
        while True:
            match entry:
                case None:
                    batch.last = True
                case Result():
                    batch.results.append(entry)
                case (Mark(), _):
                    batch.marks.append(entry)
                case _:
                    batch.calls.append(entry)
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return batch

    def _write(self, batch: _Batch) -> None:
        results = [*self._unsaved, *batch.results]
        if not results and not batch.marks:
            return
        futures = [future for _, future in batch.marks]
        try:
            verdicts = self._record(results, [mark for mark, _ in batch.marks])
        except Exception as error:
            self._unsaved, self._trouble = results, error
            self._answer([(future, None, error) for future in futures])
        else:
            self._unsaved = []
            self._answer([(f, v, None) for f, v in zip(futures, verdicts, strict=True)])

    def _record(self, results: list[Result], marks: list[Mark]) -> list[Verdict]:
        ids = [mark.subscription_id for mark in marks if mark.subscription_id is not None]
        with self._database.write() as c:
            welcome = set(c.scalars(self._welcome(ids))) if ids else set()
            return record(c, results, marks, welcome, self._clock())

    def _run(self, function: Callable[[sa.Connection], Any], future: asyncio.Future[Any]) -> None:
        try:
            with self._database.write() as c:
                value = function(c)
        except Exception as error:
            self._answer([(future, None, error)])
        else:
            self._answer([(future, value, None)])

    def _answer(self, answers: list[tuple[asyncio.Future[Any], Any, Exception | None]]) -> None:
        if answers:
            self._loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[asyncio.Future[Any], Any, Exception | None]]) -> None:
    for future, value, error in answers:
        if future.done():  # its task was cancelled meanwhile
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
