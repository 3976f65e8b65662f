"""The shards that one run has in hand, shared by its lanes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from mailer.ledger.shards import Due
from mailer.sender.hand import Hand, Taker
from mailer.sender.writer import Writer


class Stock:
    """What is still to be tried. `poll` is how long to wait, in seconds, before looking again
    whether another sender left something; `notice` is told when that begins."""

    def __init__(
        self, taker: Taker, writer: Writer, poll: float, notice: Callable[[str], None]
    ) -> None:
        self._taker = taker
        self._writer = writer
        self._poll = poll
        self._notice = notice
        self._hands: list[Hand] = []
        self._taking = asyncio.Lock()
        self._changed = asyncio.Event()
        self._closed = False

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True
        self._changed.set()

    @property
    def left(self) -> bool:
        """Whether something in hand was not tried."""
        return any(hand.due for hand in self._hands)

    async def ahead(self) -> bool:
        """Whether there is something to try. Takes a shard where nothing is in hand; without a
        free one it waits while another lane, or another sender, may yet leave something."""
        async with self._taking:
            while not self._closed:
                self._changed.clear()
                if self.left or await self._take():
                    return True
                if self._hands:
                    await self._changed.wait()
                elif await self._writer.call(self._taker.shared):
                    self._notice("waiting for another sender of this dispatch")
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), self._poll)
                else:
                    return False
        return False

    async def _take(self) -> bool:
        hand = await self._writer.call(self._taker.take)
        if hand is not None:
            self._hands.append(hand)
        return hand is not None

    def pop(self) -> tuple[Hand, Due] | None:
        """The next delivery to try, unless another lane was quicker."""
        for hand in self._hands:
            if hand.due and not self._closed:
                return hand, hand.due.popleft()
        return None

    def put_back(self, hand: Hand, due: Due) -> None:
        """Nothing of it was sent: another lane may try it."""
        hand.due.appendleft(due)
        self._changed.set()

    async def done(self, hand: Hand) -> None:
        """One copy of it is through; with the last one the shard is released."""
        hand.unsettled -= 1
        self._changed.set()
        if hand.unsettled == 0 and hand in self._hands:
            await self._release(hand)

    async def release_all(self) -> None:
        """At the end: what was not tried stays in the ledger as it is."""
        for hand in list(self._hands):
            hand.discard()
            await self._release(hand)

    async def _release(self, hand: Hand) -> None:
        self._hands.remove(hand)
        await self._writer.call(lambda c: self._taker.release(c, hand))
        self._changed.set()
