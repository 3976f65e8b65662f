"""The dispatch run: shards → copies → lanes → outcomes → ledger, until nothing is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailer.database import Database
from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import status
from mailer.ledger.liveness import Liveness
from mailer.sender.copies import CopyMaker
from mailer.sender.courier import Courier, Round
from mailer.sender.hand import Audience, DueCopy, Taker
from mailer.sender.progress import Progress
from mailer.sender.retry import Policy
from mailer.sender.stock import Stock
from mailer.sender.transport import Transport
from mailer.sender.watched import watched
from mailer.sender.work import DispatchWork
from mailer.sender.writer import Clock, Writer


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a run waits, in seconds."""

    reconnect: Sequence[float] = (1, 2, 4, 8, 15)  # after that a lane gives up
    poll: float = 0.5  # for shards that other senders hold


@dataclass(frozen=True)
class Parts:
    """What a run is made of. `settled` is told, a few times a second, how many copies this run
    settled since; `notice` gets a line when something is in trouble and is waited for."""

    database: Database
    transport: Transport
    liveness: Liveness
    audience: Audience
    maker: CopyMaker
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    pace: Pace = field(default_factory=Pace)
    settled: Callable[[int], None] = lambda _count: None
    notice: Callable[[str], None] = lambda _line: None


class DispatchRun:
    """One sender's work on one dispatch. Make it in the event loop in which it runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._id = parts.maker.dispatch_id
        self._stopping = asyncio.Event()
        self._to_stop: list[Callable[[], None]] = [self._stopping.set]
        self._told: set[str] = set()

    def stop(self) -> None:
        """Begin no further copy; those on the wire end as they end."""
        for stop in self._to_stop:
            stop()

    async def run(self) -> None:
        """Send what is due. Raises RelayRefused where the relay refuses us (the dispatch is paused
        then), RelayUnavailable where it could not be reached, DatabaseError."""
        lanes = self._lanes()
        parts = self._parts
        writer = Writer(parts.database, parts.audience.welcome, parts.clock, parts.notice)
        progress = Progress(parts.settled)
        try:
            await watched(self._send(writer, progress, lanes))
        finally:
            progress.tell()
            await writer.close()

    def _lanes(self) -> int:
        """No more than there are copies to send."""
        with self._parts.database.read() as c:
            due = status.status(c, self._id).open
        return max(1, min(self._parts.transport.lanes, due))

    async def _send(self, writer: Writer, progress: Progress, lanes: int) -> None:
        parts = self._parts
        taker = Taker(
            *(self._id, parts.maker.edition_id, parts.database),
            *(parts.liveness, parts.audience, parts.clock),
        )
        ahead = 2 * lanes
        ended = progress.count
        stock = Stock(taker, writer, parts.maker, ahead, parts.pace.poll, ended, self._tell)
        relay = parts.transport.name
        work = DispatchWork(self._id, relay, stock, writer, parts.clock, parts.policy, ended)
        self._to_stop += [stock.close, writer.hurry]
        if self._stopping.is_set():
            self.stop()
        round_ = Round(parts.transport, work, parts.pace.reconnect, self._tell, self._stopping)
        couriers = [Courier(round_) for _ in range(lanes)]
        errors = await self._all(stock, work, couriers)
        left = stock.left or len(errors) == lanes
        await stock.release_all()
        await work.end()
        self._raise_first(errors, left)

    async def _all(
        self, stock: Stock, work: DispatchWork, couriers: list[Courier[DueCopy]]
    ) -> list[BaseException]:
        """The first courier opens its lane before anything is taken; then all work to their ends.

        One whose trouble is not its connection stops the others softly; when this task is
        cancelled, they are too.
        """
        try:
            if not await couriers[0].open():
                return []
        except RelayRefused as error:
            work.pause(str(error))
            return [error]
        keeping = asyncio.create_task(self._guarded(stock.keep(), work))
        tasks = [asyncio.create_task(self._guarded(c.work(), work)) for c in couriers]
        try:
            await asyncio.wait(tasks)
            stock.close()
            await asyncio.wait([keeping])
        finally:
            for task in (keeping, *tasks):
                task.cancel()
            ended = await asyncio.gather(keeping, *tasks, return_exceptions=True)
        return [error for error in ended if isinstance(error, BaseException)]

    async def _guarded(self, part: Coroutine[Any, Any, None], work: DispatchWork) -> None:
        try:
            await part
        except RelayUnavailable:
            raise
        except RelayRefused as error:
            work.pause(str(error))
            self.stop()
            raise
        except BaseException:
            self.stop()
            raise

    def _tell(self, line: str) -> None:
        """Once a line: all lanes meet the same."""
        if line not in self._told:
            self._told.add(line)
            self._parts.notice(line)

    def _raise_first(self, errors: list[BaseException], left: bool) -> None:
        """A lane that gave up is no matter where the others did its work."""
        serious = [error for error in errors if not isinstance(error, RelayUnavailable)]
        for error in serious or (errors if left else []):
            raise error
