"""The stock: the shards that one run has in hand, and a few of their copies made ahead.

Its couriers never wait for the database: while one shard is sent the next is taken and read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from mailer.ledger.record import Verdict
from mailer.ledger.shards import Due, Mark
from mailer.message.stencil import MissingValue
from mailer.model.delivery import State
from mailer.sender.copies import CopyMaker
from mailer.sender.hand import DueCopy, Hand, Taker
from mailer.sender.writer import Writer

_PORTION = 4  # copies that one thread makes at a time


class Stock:
    """`ahead` is how many copies to keep made; `poll` how long to wait, in seconds, before looking
    again whether another sender left something. `ended` is told of each copy that ends here, since
    its reader is gone or a slot has no value; `notice` when the waiting for others begins."""

    def __init__(
        self,
        taker: Taker,
        writer: Writer,
        maker: CopyMaker,
        ahead: int,
        poll: float,
        ended: Callable[[], None],
        notice: Callable[[str], None],
    ) -> None:
        self._taker = taker
        self._writer = writer
        self._maker = maker
        self._ahead = ahead
        self._poll = poll
        self._ended = ended
        self._notice = notice
        self._hands: list[Hand] = []
        self._ready: deque[DueCopy] = deque()
        self._coming: asyncio.Task[Hand | None] | None = None  # the shard after those in hand
        self._releases: set[asyncio.Task[None]] = set()
        self._low = asyncio.Event()
        self._changed = asyncio.Event()
        self._filled = asyncio.Event()
        self._closed = False

    async def keep(self) -> None:
        """Keep copies ready, until there is nothing left to send or the stock is closed."""
        try:
            while not self._closed:
                self._changed.clear()
                self._low.clear()
                hand = next((hand for hand in self._hands if hand.due), None)
                if len(self._ready) >= self._ahead:
                    await self._low.wait()
                elif hand is not None:
                    await self._make(hand)
                elif not (await self._next_hand() or await self._wait_for_more()):
                    break
        finally:
            self.close()

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True
        for event in (self._low, self._changed, self._filled):
            event.set()

    @property
    def left(self) -> bool:
        """Whether something in hand was not tried."""
        return bool(self._ready) or any(hand.due for hand in self._hands)

    # What the couriers' work asks for.

    def take(self) -> DueCopy | None:
        """The next copy to try; None where none is ready."""
        if len(self._ready) <= self._ahead // 2:
            self._low.set()
        return self._ready.popleft() if self._ready and not self._closed else None

    async def more(self) -> bool:
        """Wait until a copy is ready; False when there will be none any more."""
        while not (self._ready or self._closed):
            self._filled.clear()
            await self._filled.wait()
        return not self._closed

    def put_back(self, copy: DueCopy) -> None:
        """Nothing of it was sent: another lane may try it."""
        self._ready.appendleft(copy)
        self._filled.set()

    def done(self, hand: Hand) -> None:
        """One copy of it is through; with the last one the shard is released."""
        hand.unsettled -= 1
        if hand.unsettled == 0 and hand in self._hands:
            self._release(hand)

    def discard(self, hand: Hand) -> None:
        """It is no longer ours: what is not yet begun is left to the ledger."""
        kept = deque(copy for copy in self._ready if copy.hand is not hand)
        hand.unsettled -= len(hand.due) + len(self._ready) - len(kept)
        hand.due.clear()
        self._ready = kept

    async def release_all(self) -> None:
        """At the end: what was not tried stays in the ledger as it is. Raises DatabaseError."""
        coming = await self._coming if self._coming is not None else None
        for hand in (*self._hands, *([coming] if coming else [])):
            self._release(hand)
        await asyncio.gather(*self._releases)

    # What is left.

    async def _next_hand(self) -> bool:
        """Have another shard in hand, taken ahead; the one after it is taken now."""
        coming = self._coming or asyncio.create_task(self._take())
        self._coming = coming
        hand = await coming
        self._coming = None
        if hand is not None:
            self._hands.append(hand)
            self._coming = asyncio.create_task(self._take())
        return hand is not None

    async def _take(self) -> Hand | None:
        grip = await self._writer.call(self._taker.take)
        return None if grip is None else await asyncio.to_thread(self._taker.read, grip)

    async def _wait_for_more(self) -> bool:
        """While another lane, or another sender, may yet leave something; False when none can."""
        if not self._hands:
            if not await self._writer.call(self._taker.shared):
                return False
            self._notice("waiting for another sender of this dispatch")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), self._poll)
        return True

    def _release(self, hand: Hand) -> None:
        if hand in self._hands:
            self._hands.remove(hand)
        task = asyncio.create_task(self._writer.call(lambda c: self._taker.release(c, hand)))
        self._releases.add(task)
        task.add_done_callback(self._released)

    def _released(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._releases.discard(task)
        self._changed.set()

    async def _make(self, hand: Hand) -> None:
        """Copies of its next deliveries, as many as are to be ahead."""
        room = min(self._ahead - len(self._ready), len(hand.due))
        for made in await self._made(hand, [hand.due.popleft() for _ in range(room)]):
            if isinstance(made, DueCopy):
                self._ready.append(made)
            else:
                self._writer.mark(made, partial(self._end_is_written, hand))
        self._filled.set()

    async def _made(self, hand: Hand, due: list[Due]) -> list[DueCopy | Mark]:
        """To sign takes ten times as long as to make, and frees the interpreter: in threads."""
        if self._maker.signer is None:
            return self._make_all(hand, due)
        portions = [due[start : start + _PORTION] for start in range(0, len(due), _PORTION)]
        making = (asyncio.to_thread(self._make_all, hand, portion) for portion in portions)
        return [made for portion in await asyncio.gather(*making) for made in portion]

    def _make_all(self, hand: Hand, due: list[Due]) -> list[DueCopy | Mark]:
        return [self._make_one(hand, one) for one in due]

    def _make_one(self, hand: Hand, due: Due) -> DueCopy | Mark:
        """Where its reader is gone, or a slot has no value, the copy ends here: with that mark."""
        person = hand.people.get(due.subscription_id or 0)
        if person is None or due.token is None:
            return due.mark(hand.grip, State.SKIPPED)
        try:
            envelope = self._maker.make(due.seq, person[0], due.token, person[1])
        except MissingValue as slot:
            return due.mark(hand.grip, State.FAILED, f"slot: no value for {slot}")
        return DueCopy(hand, due, envelope)

    def _end_is_written(self, hand: Hand, verdict: Verdict) -> None:
        if verdict is Verdict.LOST:
            self.discard(hand)
        else:
            self._ended()
        self.done(hand)
