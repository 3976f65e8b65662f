"""A courier: one connection's worth of work, copy after copy, with the envelope of the next one in
flight behind each body.

For one connection the order is always the same:

    offer N · ask for N · granted → offer N + 1, hand over N · N settled → ask for N + 1 …

Asking puts an attempt on record, and N + 1 is asked for no earlier than N has its answer: so at
most one copy of a connection is ever on record without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from mailer.errors import RelayUnavailable
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome
from mailer.sender.door import Door, OpenDoor
from mailer.sender.transport import Lane, Loss, Transport


class Copy(Protocol):
    @property
    def envelope(self) -> Envelope: ...


C = TypeVar("C", bound=Copy)
IDLE = 10.0  # seconds that a connection is kept with nothing to send
Answer = Callable[[bool], None]


class Work(Protocol[C]):
    """Where couriers get their copies, and who is told what became of them."""

    def take(self) -> C | None:
        """The next copy, or None where none is ready."""
        ...

    async def more(self) -> bool:
        """Wait until a copy is ready; False when there will be none any more."""
        ...

    def ask(self, copy: C, answer: Answer) -> None:
        """Put an attempt on record. `answer` is called later, from the event loop: with True once
        the record is durable, with False where the copy is not to be sent, and then it is done
        with."""
        ...

    def settle(self, copy: C, outcome: Outcome) -> None:
        """What became of an attempt that is on record."""
        ...

    def put_back(self, copy: C) -> None:
        """It was not asked for, and nothing of its body has left."""
        ...


@dataclass(frozen=True)
class Round(Generic[C]):
    """What the couriers of one relay share. One connection carries `per_lane` copies at most, and
    is kept for `idle` seconds with nothing to send."""

    transport: Transport
    work: Work[C]
    door: Door = field(default_factory=OpenDoor)
    per_lane: int | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    idle: float = IDLE


class Courier(Generic[C]):
    def __init__(self, round_: Round[C]) -> None:
        self._round = round_
        self._work = round_.work
        self._lane: Lane | None = None
        self._copy: C | None = None  # whose turn it is
        self._next: C | None = None  # behind it: offered, and not asked for
        self._granted = False  # the copy's attempt is on record
        self._loss: Loss | None = None  # its lane is gone, and it has not been settled
        self._again = False  # it is on its second lane
        self._placed = False  # it has a place for a connection
        self._carried = 0  # copies that its lane has carried
        self._spent = False  # its lane carries no more
        self._resting: asyncio.Future[None] | None = None

    async def work(self) -> None:
        """Until nothing is left to try, or the run stops.

        Raises RelayUnavailable when no connection can be had in time, RelayRefused.
        """
        try:
            while await self._may_open() and await self._in_hand():
                if await self.open():
                    self._resting = asyncio.get_running_loop().create_future()
                    self._start()
                    await self._resting
        finally:
            self._give_up()
            await self._hang_up()

    async def open(self) -> bool:
        """Have a lane that is good. False where there is none now.

        A copy that is on record waits for one attempt alone: with a crash it would be in doubt.
        """
        try:
            return self._has_lane or await self.connect()
        except RelayUnavailable as error:
            self._settle_loss()
            if not self._round.door.failed(error):
                raise
            self._give_up()  # another relay may have it meanwhile
            await self._hang_up()
            return False

    async def connect(self) -> bool:
        """Open a lane; False when the run stops. Raises RelayUnavailable, RelayRefused."""
        if not self._placed:
            self._round.door.enter()
            self._placed = True
        if not self._round.stopping.is_set():
            self._lane = await self._opened()
        if self._lane is not None:
            self._carried = 0
            self._spent = False
            self._round.door.opened()
        return self._lane is not None

    @property
    def _has_lane(self) -> bool:
        return self._lane is not None and self._lane.good and not self._spent

    def _carries_its_last(self) -> bool:
        """Whether its lane carries as many copies as one may, or its place is called back."""
        full = self._round.per_lane is not None and self._carried >= self._round.per_lane
        return full or self._round.door.called_back()

    async def _may_open(self) -> bool:
        """Whether there is a lane, or one may be opened; waits for that with nothing on record."""
        if self._has_lane or (self._loss is not None and not self._round.stopping.is_set()):
            return True
        await self._hang_up()
        self._placed = not self._round.stopping.is_set() and await self._round.door.ready()
        return self._placed

    async def _hang_up(self) -> None:
        """Take leave of the relay, and give the place back."""
        lane, self._lane = self._lane, None
        if lane is not None:
            self._round.door.closed()
            await lane.close()
        if self._placed:
            self._placed = False
            self._round.door.leave()

    async def _opened(self) -> Lane | None:
        """A new lane; None when the run stops first, which cuts a connection being made."""
        opening = asyncio.ensure_future(self._round.transport.open(self))
        stopped = asyncio.ensure_future(self._round.stopping.wait())
        try:
            await asyncio.wait((opening, stopped), return_when=asyncio.FIRST_COMPLETED)
            return opening.result() if opening.done() else None
        finally:
            stopped.cancel()
            if not opening.done():
                opening.cancel()
            await asyncio.gather(opening, stopped, return_exceptions=True)

    async def _in_hand(self) -> bool:
        """Whether there is a copy to send; waits for one, and does not keep a relay waiting."""
        while self._copy is None:
            self._copy = self._work.take()
            if self._copy is None and not await self._more():
                return False
        return True

    async def _more(self) -> bool:
        waiting = asyncio.ensure_future(self._work.more())
        try:
            if not (await asyncio.wait({waiting}, timeout=self._round.idle))[0]:
                await self._hang_up()
            return await waiting
        finally:
            waiting.cancel()

    # The way of a copy.

    def _start(self) -> None:
        """The next copy, on a lane with nothing on offer."""
        lane = self._lane
        if self._copy is None and self._has_lane:
            self._copy = self._work.take()
        if self._copy is None or lane is None or not self._has_lane:
            self._rest()
        elif self._loss is None:
            self._ask(self._copy)
            lane.offer(self._copy.envelope)
        else:
            self._loss = None
            lane.offer(self._copy.envelope)
            self._hand_over(lane)

    def _ask(self, copy: C) -> None:
        self._granted = self._again = False
        self._work.ask(copy, self._answered)

    def _answered(self, granted: bool) -> None:
        if self._copy is None:  # this courier was stopped meanwhile
            return
        self._granted = granted
        if not granted:
            self._copy = self._loss = None
            if self._lane is not None:
                self._lane.withdraw()
            self._start()
        elif self._lane is not None:
            self._hand_over(self._lane)
        else:
            self._judge_loss()

    def _hand_over(self, lane: Lane) -> None:
        self._carried += 1
        self._spent = self._carries_its_last()
        self._next = None if self._spent else self._work.take()
        if self._next is not None:
            lane.offer(self._next.envelope)
        lane.hand_over()

    def settled(self, outcome: Outcome) -> None:
        copy, self._copy, self._next = self._copy, self._next, None
        lane = self._lane
        if copy is None or lane is None:
            raise RuntimeError("a lane settled what it was not given")
        self._granted = False
        self._work.settle(copy, outcome)
        if self._copy is None:
            self._start()
        elif lane.good and not self._round.stopping.is_set():
            self._ask(self._copy)
        else:
            self._give_up()
            lane.withdraw()
            self._rest()

    def lost(self, loss: Loss) -> None:
        if self._lane is not None:
            self._round.door.closed()
        self._lane = None  # its place is kept for the copy that may go once more
        self._loss = loss if self._copy is not None else None
        if self._next is not None:
            self._work.put_back(self._next)
            self._next = None
        if self._copy is None:
            self._rest()
        elif self._granted:
            self._judge_loss()

    def _judge_loss(self) -> None:
        """A copy on record whose lane is gone: once more on a new one, or that was it."""
        if self._loss is not None and self._loss.again and not self._again:
            self._again = True
        else:
            self._settle_loss()
        self._rest()

    def _settle_loss(self) -> None:
        if self._copy is not None and self._loss is not None and self._loss.outcome is not None:
            self._work.settle(self._copy, self._loss.outcome)
            self._copy = self._loss = None
            self._granted = False

    def _give_up(self) -> None:
        """What is in hand and not on record is for somebody else."""
        self._settle_loss()
        if self._copy is not None and not self._granted:
            self._work.put_back(self._copy)
        self._copy = None

    def _rest(self) -> None:
        if self._resting is not None and not self._resting.done():
            self._resting.set_result(None)
