"""The shards that one run has in hand.

Who sends them never waits for the database: while one is sent the next is taken and read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from mailer.errors import DatabaseError
from mailer.ledger.shards import Grip
from mailer.sender.hand import Hand, Taker
from mailer.sender.writer import Writer


class Hands:
    """`poll` is how long to wait, in seconds, before a database in trouble is read once more;
    `changed` is called when a shard has gone back. `closed`: nothing more is wanted."""

    def __init__(
        self, taker: Taker, writer: Writer, poll: float, changed: Callable[[], None]
    ) -> None:
        self._taker = taker
        self._writer = writer
        self._poll = poll
        self._changed = changed
        self._held: list[Hand] = []
        self._coming: asyncio.Task[Hand | None] | None = None  # the shard after those in hand
        self._releases: set[asyncio.Task[None]] = set()
        self.closed = False

    def __iter__(self) -> Iterator[Hand]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    async def take(self) -> bool:
        """Have one more, taken ahead; the one after it is taken now. False where there is none, or
        it was let go meanwhile."""
        coming = self._coming or asyncio.create_task(self._take())
        self._coming = coming
        hand = await coming
        if self._coming is not coming:
            return False
        self._coming = None
        if hand is not None:
            self._held.append(hand)
            self._coming = asyncio.create_task(self._take())
        return hand is not None

    def release(self, hand: Hand, rest: float = 0.0) -> None:
        """Give it back; nobody is to take it before `rest` seconds are over."""
        if hand in self._held:
            self._held.remove(hand)
        task = asyncio.create_task(self._writer.call(lambda c: self._taker.release(c, hand, rest)))
        self._releases.add(task)
        task.add_done_callback(self._released)

    async def let_go(self) -> None:
        """Give all back, and what was taken ahead."""
        coming, self._coming = self._coming, None
        for hand in list(self._held):
            self.release(hand)
        taken = await coming if coming is not None else None
        if taken is not None:
            self.release(taken)

    async def end(self) -> None:
        """The same, once and for all. Raises DatabaseError."""
        if self._coming is not None:
            await self._coming
        await self.let_go()
        await asyncio.gather(*self._releases)

    def _released(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._releases.discard(task)
        self._changed()

    async def _take(self) -> Hand | None:
        grip = await self._writer.call(self._taker.next())
        return None if grip is None else await self._read(grip)

    async def _read(self, grip: Grip) -> Hand:
        """Waits for a database in trouble, of which the writer tells; raises DatabaseError once
        nothing more is wanted."""
        while True:
            try:
                return await asyncio.to_thread(self._taker.read, grip)
            except DatabaseError:
                if self.closed:
                    raise
            await asyncio.sleep(self._poll)
