"""The stock: a few copies of the shards that one run has in hand, made ahead."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from mailer.ledger.record import Verdict
from mailer.ledger.shards import Due, Mark
from mailer.message.stencil import MissingValue
from mailer.model.delivery import State
from mailer.sender.copies import CopyMaker
from mailer.sender.hand import DueCopy, Hand, Taker
from mailer.sender.hands import Hands
from mailer.sender.writer import Writer

_PORTION = 4  # copies that one thread makes at a time
_MOST_ASIDE = 5000  # deliveries in hand whose domains are closed
_MOST_HANDS = 12


class Domains(Protocol):
    """Which recipient domains take copies. `patience` is how long it is worth to wait for one, in
    seconds."""

    @property
    def by_domain(self) -> bool:
        """Whether they have to be told apart at all."""
        ...

    @property
    def patience(self) -> float: ...

    def open_to(self, domain: str) -> bool: ...

    def opens_in(self, domain: str) -> float:
        """Seconds until it may be open."""
        ...


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
        self._ready: deque[DueCopy] = deque()
        self._domains: Domains | None = None
        self._low = asyncio.Event()
        self._changed = asyncio.Event()
        self._hands = Hands(taker, writer, poll, self._changed.set)
        self.stirred = asyncio.Event()  # it is worth looking for a copy again
        self.closed = False
        self.handed_on = False  # nothing is taken until somebody resumes

    def tell_apart(self, domains: Domains) -> None:
        """From now on copies are made for open domains only."""
        self._domains = domains

    async def keep(self) -> None:
        """Keep copies ready, until there is nothing left to send or the stock is closed."""
        try:
            while not self.closed:
                self._changed.clear()
                self._low.clear()
                if len(self._ready) >= self._ahead:
                    await self._low.wait()
                elif not (
                    await self._make() or await self._next_hand() or await self._wait_for_more()
                ):
                    break
        finally:
            self.close()

    def close(self) -> None:
        """Hand out nothing more."""
        self.closed = self._hands.closed = True
        for event in (self._low, self._changed, self.stirred):
            event.set()

    @property
    def left(self) -> bool:
        """Whether something in hand was not tried."""
        return bool(self._ready) or any(hand.due or hand.aside for hand in self._hands)

    def stir(self) -> None:
        """Something may go now that could not before."""
        self.stirred.set()
        self._changed.set()

    # What the couriers' work asks for.

    def take(self, admits: Callable[[str], bool] | None = None) -> DueCopy | None:
        """The next copy to try, of a domain that `admits` it; None where none is ready."""
        if len(self._ready) <= self._ahead // 2:
            self._low.set()
        if self.closed or not self._ready:
            return None
        if admits is None:
            return self._ready.popleft()
        for at, copy in enumerate(self._ready):
            if admits(copy.domain):
                del self._ready[at]
                return copy
        self._turn_away()
        return None

    def has(self, admits: Callable[[str], bool] | None = None) -> bool:
        """Whether `take` would find one."""
        if admits is None:
            return bool(self._ready)
        return any(admits(copy.domain) for copy in self._ready)

    def _turn_away(self) -> None:
        """Copies that were made before their domain closed make room for others. Each is asked for
        once: its domain may open meanwhile."""
        open_to = self._open_to
        if open_to is None:
            return
        kept: deque[DueCopy] = deque()
        for copy in self._ready:
            if open_to(copy.domain):
                kept.append(copy)
            else:
                copy.hand.put_aside(copy.due)
        if len(kept) < len(self._ready):
            self._ready = kept
            self._low.set()

    def put_back(self, copy: DueCopy) -> None:
        """Nothing of it was sent: another lane may try it."""
        self._ready.appendleft(copy)
        self.stirred.set()

    def done(self, hand: Hand) -> None:
        """One copy of it is through; with the last one the shard is released."""
        hand.unsettled -= 1
        if hand.unsettled == 0 and hand in self._hands:
            self._hands.release(hand)

    def discard(self, hand: Hand) -> None:
        """It is no longer ours: what is not yet begun is left to the ledger."""
        kept = deque(copy for copy in self._ready if copy.hand is not hand)
        hand.unsettled -= len(self._ready) - len(kept)
        hand.discard()
        self._ready = kept

    async def hand_on(self) -> None:
        """What is not on the wire is for other senders, and nothing more is taken until `resume`.
        What is on the wire is in doubt until it comes back."""
        self.handed_on = True
        for hand in self._hands:
            self.discard(hand)
        await self._hands.let_go()

    def resume(self) -> None:
        if self.handed_on:
            self.handed_on = False
            self._changed.set()

    async def release_all(self) -> None:
        """At the end: what was not tried stays in the ledger as it is. Raises DatabaseError."""
        await self._hands.end()

    # What is left.

    async def _next_hand(self) -> bool:
        """Have another shard in hand."""
        if self.handed_on:
            return False
        if sum(hand.set_aside for hand in self._hands) >= _MOST_ASIDE:
            self._leave_aside()
            if len(self._hands) >= _MOST_HANDS:
                return False
        return await self._hands.take()

    async def _wait_for_more(self) -> bool:
        """While another lane, or another sender, may yet leave something, or a domain may open;
        False when there will be nothing more for now."""
        if not self._hands and not self.handed_on:
            if not await self._writer.call(self._taker.goes_on):
                return False
            self._notice("waiting for another sender of this dispatch")
        elif self._domains is not None and self._domains.patience < self._opens_in < math.inf:
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), self._poll)
        return True

    @property
    def _opens_in(self) -> float:
        """Seconds until the first domain opens of those that all that is left waits for; `inf`
        while something else is under way."""
        aside = sum(hand.set_aside for hand in self._hands)
        if self._domains is None or not aside or sum(h.unsettled for h in self._hands) > aside:
            return math.inf
        return min(self._domains.opens_in(name) for hand in self._hands for name in hand.aside)

    def _leave_aside(self) -> None:
        """A shard of which nothing but closed domains is left goes back until one of them opens:
        others must not wait for them behind it, and memory has an end."""
        for hand in self._hands:
            if self._domains is not None and hand.set_aside == hand.unsettled > 0:
                opens = min(self._domains.opens_in(name) for name in hand.aside)
                hand.discard()
                self._hands.release(hand, max(opens, self._poll))
                return

    async def _make(self) -> bool:
        """Copies of the next deliveries in hand, as many as are to be ahead; False where there is
        none of which one could be made."""
        for hand in self._hands:
            due = hand.take(self._ahead - len(self._ready), self._open_to)
            if due:
                for made in await self._made(hand, due):
                    if isinstance(made, DueCopy):
                        self._ready.append(made)
                    else:
                        self._writer.mark(made, partial(self._end_is_written, hand))
                self.stirred.set()
                return True
        return False

    @property
    def _open_to(self) -> Callable[[str], bool] | None:
        told_apart = self._domains is not None and self._domains.by_domain
        return self._domains.open_to if self._domains and told_apart else None

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
            envelope = self._maker.make(due.seq, person[0], due.token, person[1], due.variant)
        except MissingValue as slot:
            return due.mark(hand.grip, State.FAILED, f"slot: no value for {slot}")
        return DueCopy(hand, due, envelope)

    def _end_is_written(self, hand: Hand, verdict: Verdict) -> None:
        if verdict is Verdict.LOST:
            self.discard(hand)
        else:
            self._ended()
        self.done(hand)
