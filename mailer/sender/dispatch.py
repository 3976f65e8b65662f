"""The dispatch run: shards → copies → lanes → outcomes → ledger, until nothing is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailer.database import Database
from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import control, status
from mailer.ledger.liveness import Liveness
from mailer.model.delivery import State
from mailer.sender.copies import CopyMaker
from mailer.sender.courier import Courier, Shared, opened
from mailer.sender.hand import Audience, Taker
from mailer.sender.retry import Policy
from mailer.sender.stock import Stock
from mailer.sender.transport import Lane, Transport
from mailer.sender.writer import Clock, Writer


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a run waits, in seconds."""

    reconnect: Sequence[float] = (1, 2, 4, 8, 15)  # after that a lane gives up
    poll: float = 0.5  # for shards that other senders hold


@dataclass(frozen=True)
class Parts:
    """What a run is made of. `settled` is told the state of each copy that this run settles;
    `notice` gets a line when a connection cannot be had and is tried again."""

    database: Database
    transport: Transport
    liveness: Liveness
    audience: Audience
    maker: CopyMaker
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    pace: Pace = field(default_factory=Pace)
    settled: Callable[[State], None] = lambda _state: None
    notice: Callable[[str], None] = lambda _line: None


class DispatchRun:
    """One sender's work on one dispatch. Make it in the event loop in which it runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._id = parts.maker.dispatch_id
        self._stopping = asyncio.Event()
        self._stock: Stock | None = None
        self._told: set[str] = set()

    def stop(self) -> None:
        """Begin no further copy; those on the wire end as they end."""
        self._stopping.set()
        if self._stock is not None:
            self._stock.close()

    async def run(self) -> None:
        """Send what is due. Raises RelayRefused where the relay refuses us (the dispatch is paused
        then), RelayUnavailable where it could not be reached, DatabaseError."""
        lanes = self._lanes()
        try:
            first = await opened(self._parts.transport, self._stopping)
        except RelayRefused as error:  # before anything is taken
            with self._parts.database.write() as c:
                control.pause_for_fault(c, self._id, str(error))
            raise
        if first is None:  # stopped before it began
            return
        writer = Writer(self._parts.database, self._parts.audience.welcome, self._parts.clock)
        try:
            await self._send([first, *[None] * (lanes - 1)], writer)
        finally:
            await writer.close()

    async def _send(self, lanes: list[Lane | None], writer: Writer) -> None:
        parts = self._parts
        taker = Taker(self._id, parts.liveness, parts.audience, parts.clock)
        self._stock = Stock(taker, writer, parts.pace.poll, self._tell)
        shared = Shared(
            *(self._stock, writer, parts.transport, parts.maker, parts.clock, parts.policy),
            *(parts.pace.reconnect, parts.settled, self._tell, self._stopping),
        )
        if self._stopping.is_set():
            self.stop()
        errors = await self._run_lanes([Courier(shared, lane) for lane in lanes])
        left = self._stock.left or len(errors) == len(lanes)
        await self._stock.release_all()
        self._raise_first(errors, left)

    def _tell(self, line: str) -> None:
        """Once a line: all lanes meet the same."""
        if line not in self._told:
            self._told.add(line)
            self._parts.notice(line)

    def _lanes(self) -> int:
        """No more than there are copies to send."""
        with self._parts.database.read() as c:
            due = status.status(c, self._id).open
        return max(1, min(self._parts.transport.lanes, due))

    async def _run_lanes(self, couriers: list[Courier]) -> list[BaseException]:
        """Run them all to their ends. One whose trouble is not its connection stops the others
        softly; when this task is cancelled, they are too."""
        tasks = [asyncio.create_task(self._guarded(courier)) for courier in couriers]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        return [error for error in ended if isinstance(error, BaseException)]

    async def _guarded(self, courier: Courier) -> None:
        try:
            await courier.work()
        except RelayUnavailable:
            raise
        except BaseException:
            self.stop()
            raise

    def _raise_first(self, errors: list[BaseException], left: bool) -> None:
        """A lane that gave up is no matter where the others did its work."""
        serious = [error for error in errors if not isinstance(error, RelayUnavailable)]
        for error in serious or (errors if left else []):
            raise error
