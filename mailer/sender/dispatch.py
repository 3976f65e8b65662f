"""The dispatch run: shards → copies → lanes → outcomes → ledger, until nothing is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mailer.database import Database
from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import control
from mailer.ledger.liveness import Liveness
from mailer.ledger.record import Mark, Result, Verdict
from mailer.ledger.shards import Due
from mailer.message.stencil import MissingValue
from mailer.model.delivery import Envelope, State
from mailer.model.outcome import Blame, Outcome, Rejected
from mailer.sender.copies import CopyMaker
from mailer.sender.hand import Audience, Hand, Taker
from mailer.sender.retry import Policy, retry
from mailer.sender.transport import Lane, Transport
from mailer.sender.writer import Clock, Writer


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a run waits, in seconds."""

    reconnect: Sequence[float] = (1, 2, 4, 8, 15)  # after that a lane gives up
    poll: float = 0.5  # for shards that other senders hold


@dataclass(frozen=True)
class Parts:
    """What a run is made of. `settled` is told the state of each copy that this run settles."""

    database: Database
    transport: Transport
    liveness: Liveness
    audience: Audience
    maker: CopyMaker
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    pace: Pace = field(default_factory=Pace)
    settled: Callable[[State], None] = lambda _state: None


class DispatchRun:
    """One sender's work on one dispatch."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._id = parts.maker.dispatch_id
        self._taker = Taker(self._id, parts.liveness, parts.audience, parts.clock)
        self._stopping = asyncio.Event()
        self._taking = asyncio.Lock()
        self._hands: list[Hand] = []

    def stop(self) -> None:
        """Begin no further copy; those on the wire end as they end."""
        self._stopping.set()

    async def run(self) -> None:
        """Send what is due. Raises RelayRefused where the relay refuses us (the dispatch is paused
        then), RelayUnavailable where it could not be reached, DatabaseError."""
        first = await self._open_first()
        self._writer = Writer(self._parts.database, self._parts.audience.welcome, self._parts.clock)
        try:
            await self._run_lanes(first)
        finally:
            await self._writer.close()

    async def _open_first(self) -> Lane:
        """Before anything is taken: a relay that cannot be used at all is told at once."""
        try:
            return await self._parts.transport.open()
        except RelayRefused as error:
            with self._parts.database.write() as c:
                control.pause(c, self._id, str(error))
            raise

    async def _run_lanes(self, first: Lane) -> None:
        count = self._parts.transport.lanes
        lanes: list[Lane | None] = [first, *[None] * (count - 1)]
        tasks = [asyncio.create_task(self._work(lane)) for lane in lanes]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await self._release_all()
        self._raise_first([error for error in ended if isinstance(error, BaseException)], count)

    def _raise_first(self, errors: list[BaseException], lanes: int) -> None:
        """A lane that gave up is no matter while others went on."""
        serious = [error for error in errors if not isinstance(error, RelayUnavailable)]
        if serious:
            raise serious[0]
        if len(errors) == lanes:
            raise errors[0]

    async def _release_all(self) -> None:
        for hand in list(self._hands):
            hand.discard()
            await self._release(hand)

    async def _release(self, hand: Hand) -> None:
        self._hands.remove(hand)
        await self._writer.call(lambda c: self._taker.release(c, hand))

    async def _next(self) -> tuple[Hand, Due] | None:
        """The next delivery to try; None when there is none, or the run is to stop."""
        async with self._taking:
            while not self._stopping.is_set():
                for hand in self._hands:
                    if hand.due:
                        return hand, hand.due.popleft()
                if not await self._take():
                    return None
        return None

    async def _take(self) -> bool:
        """Take a shard; without a free one wait a little while others work, as they may die."""
        hand = await self._writer.call(self._taker.take)
        if hand is not None:
            self._hands.append(hand)
            return True
        if not await self._writer.call(self._taker.shared):
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._parts.pace.poll)
        return True

    async def _work(self, lane: Lane | None) -> None:
        """One lane's life. Any failure but its own connection's stops the whole run softly."""
        try:
            while (found := await self._next()) is not None:
                lane = await self._attempt(lane, *found)
        except RelayUnavailable:
            raise
        except RelayRefused as error:
            self.stop()
            await self._pause(str(error))
            raise
        except BaseException:
            self.stop()
            raise
        finally:
            if lane is not None:
                await lane.close()

    async def _attempt(self, lane: Lane | None, hand: Hand, due: Due) -> Lane | None:
        """Try one delivery. Returns the lane to go on with, None where a new one is needed."""
        try:
            envelope = await self._envelope(hand, due)
            if envelope is not None:
                lane = lane or await self._open()
                await self._submit(lane, envelope, hand, due)
        except RelayUnavailable:
            hand.due.appendleft(due)
            if lane is None:
                raise
            await lane.close()
            return None
        except RelayRefused:
            hand.due.appendleft(due)
            raise
        hand.unsettled -= 1
        if hand.unsettled == 0 and hand in self._hands:
            await self._release(hand)
        return lane

    async def _open(self) -> Lane:
        """A new connection; patient for a while. Raises RelayUnavailable, RelayRefused."""
        for pause in self._parts.pace.reconnect:
            try:
                return await self._parts.transport.open()
            except RelayUnavailable:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
        return await self._parts.transport.open()

    async def _envelope(self, hand: Hand, due: Due) -> Envelope | None:
        """The copy; None where it ends here: its reader is gone, or a slot has no value."""
        person = hand.people.get(due.subscription_id or 0)
        if person is None or due.token is None:
            await self._end(hand, due, State.SKIPPED, "the subscriber is gone")
            return None
        try:
            return self._parts.maker.make(due.seq, person[0], due.token, person[1])
        except MissingValue as slot:
            await self._end(hand, due, State.FAILED, f"slot: no value for {slot}")
            return None

    async def _submit(self, lane: Lane, envelope: Envelope, hand: Hand, due: Due) -> None:
        verdict: Verdict | None = None

        async def ready() -> bool:
            nonlocal verdict
            verdict = await self._mark(hand, due, State.SENDING)
            return verdict is Verdict.GRANTED

        outcome = await lane.submit(envelope, ready)
        if verdict is Verdict.GRANTED:
            await self._settle(hand, due, outcome)
        elif verdict is Verdict.LOST:
            hand.discard()
        elif verdict is None and isinstance(outcome, Rejected):
            await self._refused_unsent(hand, due, outcome)

    async def _refused_unsent(self, hand: Hand, due: Due, outcome: Rejected) -> None:
        """Refused before the mark: the relay cannot take this copy at all, or not from us."""
        if outcome.blame is Blame.OURS:
            await self._pause(f"the relay refuses us: {outcome.reply}")
        else:
            await self._end(hand, due, State.FAILED, str(outcome.reply))

    async def _settle(self, hand: Hand, due: Due, outcome: Outcome) -> None:
        attempt = due.attempt + 1
        step = retry(outcome, attempt, self._parts.clock(), self._parts.policy)
        reply = outcome.reason if not hasattr(outcome, "reply") else str(outcome.reply)
        self._writer.settle(Result(hand.grip, due.seq, attempt, step.state, step.not_before, reply))
        self._parts.settled(step.state)
        if step.pause:
            await self._pause(step.pause)

    async def _end(self, hand: Hand, due: Due, state: State, reason: str) -> None:
        if await self._mark(hand, due, state, reason) is not Verdict.LOST:
            self._parts.settled(state)

    async def _mark(self, hand: Hand, due: Due, to: State, reason: str = "") -> Verdict:
        mark = Mark(hand.grip, due.seq, due.attempt, due.state, due.subscription_id, to, reason)
        return await self._writer.mark(mark)

    async def _pause(self, reason: str) -> None:
        await self._writer.call(lambda c: control.pause(c, self._id, reason))
