"""The sender's one writer thread.

Whatever waits goes into the next transaction: the results of the copies that came back and the
marks of those that are next. While one transaction is being made durable, the next one gathers; a
transaction costs much and a row in it little, so a small one waits a moment for company. A
database in trouble is waited for: nothing that was handed in is lost while the process runs.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError, MailerError
from mailer.ledger.change import LedgerMismatch
from mailer.ledger.prepared import PreparedIn
from mailer.ledger.record import Record, Result, Verdict, record, record_unseen
from mailer.ledger.shards import Mark
from mailer.model.counted import number

T = TypeVar("T")
Clock = Callable[[], dt.datetime]
Answer = Callable[[Verdict], None]

_HOLD = 0.001  # seconds that a small transaction waits for company
_LAST_TRIES = 3  # to save results when the database failed; each waits for a busy database
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between attempts; the last one for ever


@dataclass(slots=True)
class _Call:
    """Something else to do in a transaction of its own."""

    function: Callable[[sa.Connection], Any]
    future: asyncio.Future[Any]


@dataclass(slots=True)
class _Batch:
    results: list[Result] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # one a mark
    calls: list[_Call] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.results or self.marks or self.calls)


class Writer:
    """Use it from the event loop in which it was made; close it when all is done.

    `welcome` finds who of a batch may still be mailed; `notice` gets a line when the database is in
    trouble, and when it is well again. As many marks as `enough` wait for no others.
    """

    def __init__(
        self,
        database: Database,
        welcome: PreparedIn,
        clock: Clock,
        notice: Callable[[str], None],
        enough: int = 1,
    ) -> None:
        self._pen = database.pen()
        self._welcome = welcome
        self._clock = clock
        self._notice = notice
        self._loop = asyncio.get_running_loop()
        self._enough = enough
        self._gathering = _Batch()
        self._holding: asyncio.TimerHandle | None = None
        self._writing = False  # the thread has a batch
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._unsaved: list[Result] = []
        self._trouble: Exception | None = None  # why they are unsaved
        self._in_trouble = False  # and it was told
        self._hurried = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def settle(self, result: Result) -> None:
        """Record a result with the next transaction, before any mark asked for later."""
        self._gathering.results.append(result)
        self._go_on()

    def mark(self, mark: Mark, answer: Answer) -> None:
        """`answer` gets the verdict in the event loop, once it is durable."""
        self._gathering.marks.append(mark)
        self._gathering.answers.append(answer)
        self._go_on()

    async def call(self, function: Callable[[sa.Connection], T]) -> T:
        """Run `function` in a transaction of its own, after all that was handed in before."""
        call = _Call(function, self._loop.create_future())
        self._gathering.calls.append(call)
        self._go_on()
        result: T = await call.future
        return result

    def hurry(self) -> None:
        """Wait for a database in trouble no longer: marks are lost, calls raise DatabaseError."""
        self._hurried.set()

    async def close(self) -> None:
        """Write what is left and end the thread; raises MailerError where results could not be
        saved."""
        self._hurried.set()
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        if self._unsaved:
            copies = number(len(self._unsaved), "copy", "copies")
            raise MailerError(
                f"{self._trouble}: the results of {copies} are not written: "
                "they will be shown as uncertain"
            )

    # In the event loop.

    def _go_on(self) -> None:
        """Hand over what was gathered, now or soon; behind a batch that is being written it is
        done then."""
        batch = self._gathering
        if self._writing or not batch:
            return
        if batch.calls or len(batch.marks) >= self._enough:
            self._hand_over()
        elif self._holding is None:
            self._holding = self._loop.call_later(_HOLD, self._hand_over)

    def _hand_over(self) -> None:
        if self._holding is not None:
            self._holding.cancel()
            self._holding = None
        if self._gathering:
            self._writing = True
            self._queue.put(self._gathering)
            self._gathering = _Batch()

    def _written(self, answers: list[Answer], verdicts: list[Verdict]) -> None:
        self._writing = False
        for answer, verdict in zip(answers, verdicts, strict=True):
            answer(verdict)
        self._go_on()

    # In the thread.

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            verdicts = self._write(batch)
            for call in batch.calls:
                self._run(call)
            self._tell(self._written, batch.answers, verdicts)
        for _ in range(_LAST_TRIES):
            if self._unsaved:
                self._write(_Batch())
        self._pen.put_down()

    def _write(self, batch: _Batch) -> list[Verdict]:
        """A verdict for each mark."""
        results = self._unsaved + batch.results
        if not results and not batch.marks:
            return []
        try:
            verdicts = self._recorded(results, batch.marks)
        except Exception as error:
            self._unsaved, self._trouble = results, error
            if not isinstance(error, DatabaseError):
                self._tell(_raise, error)
            return [Verdict.LOST] * len(batch.marks)
        self._unsaved = []
        return verdicts

    def _recorded(self, results: list[Result], marks: list[Mark]) -> list[Verdict]:
        def recorded(how: Record, c: sa.Connection) -> list[Verdict]:
            ids = [mark.subscription_id for mark in marks if mark.subscription_id is not None]
            welcome = {row[0] for row in self._welcome.rows(c, (), ids)}
            return how(c, results, marks, welcome, self._clock())

        try:
            return self._patiently(partial(recorded, record_unseen))
        except LedgerMismatch:
            return self._patiently(partial(recorded, record))

    def _run(self, call: _Call) -> None:
        try:
            value = self._patiently(call.function)
        except Exception as error:
            self._tell(_resolve, call.future, None, error)
        else:
            self._tell(_resolve, call.future, value, None)

    def _patiently(self, function: Callable[[sa.Connection], T]) -> T:
        """In a transaction; as often as it takes, unless we are hurried."""
        for pause in itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1])):
            try:
                with self._pen.write() as c:
                    value = function(c)
            except DatabaseError as error:
                if self._hurried.is_set():
                    raise
                self._tell_of(error)
                self._hurried.wait(pause)
            else:
                self._tell_of(None)
                break
        return value

    def _tell_of(self, trouble: DatabaseError | None) -> None:
        """Once when it begins, and once when it is over."""
        if trouble is not None and not self._in_trouble:
            self._tell(self._notice, f"{trouble}; nothing is begun until that is mended")
        elif trouble is None and self._in_trouble:
            self._tell(self._notice, "the database is back: going on")
        self._in_trouble = trouble is not None

    def _tell(self, function: Callable[..., None], *values: Any) -> None:
        self._loop.call_soon_threadsafe(function, *values)


def _raise(error: Exception) -> None:
    raise error


def _resolve(future: asyncio.Future[Any], value: Any, error: Exception | None) -> None:
    if future.done():  # its task was cancelled meanwhile
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
