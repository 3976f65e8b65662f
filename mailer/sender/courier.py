"""One lane's work: a connection, and copy after copy over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import control
from mailer.ledger.record import Mark, Result, Verdict
from mailer.ledger.shards import Due
from mailer.message.stencil import MissingValue
from mailer.model.delivery import Envelope, State
from mailer.model.outcome import Blame, Outcome, Rejected, Sent, Skipped
from mailer.sender.copies import CopyMaker
from mailer.sender.hand import Hand
from mailer.sender.retry import Policy, retry
from mailer.sender.stock import Stock
from mailer.sender.transport import Lane, Transport
from mailer.sender.writer import Clock, Writer

POLICY_ROW = 5  # refusals of policy in a row, of as many readers, are no longer about a reader


@dataclass
class Shared:
    """What the lanes of one run share. `settled` is told the state of each copy that ends;
    `refused` counts refusals of policy in a row."""

    stock: Stock
    writer: Writer
    transport: Transport
    maker: CopyMaker
    clock: Clock
    policy: Policy
    reconnect: Sequence[float]
    settled: Callable[[State], None]
    notice: Callable[[str], None]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    refused: int = 0


async def opened(transport: Transport, stopping: asyncio.Event) -> Lane | None:
    """A new lane; None when the run is stopped first, which cuts a connection that is being made.

    Raises RelayUnavailable, RelayRefused.
    """
    opening = asyncio.ensure_future(transport.open())
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((opening, stopped), return_when=asyncio.FIRST_COMPLETED)
        return opening.result() if opening.done() else None
    finally:
        stopped.cancel()
        if not opening.done():
            opening.cancel()
        await asyncio.gather(opening, stopped, return_exceptions=True)


class Courier:
    def __init__(self, shared: Shared, lane: Lane | None) -> None:
        self._shared = shared
        self._lane = lane

    async def work(self) -> None:
        """Until nothing is left to try, or the run is stopped.

        Raises RelayUnavailable when no connection can be had in time, RelayRefused, DatabaseError.
        """
        try:
            while await self._shared.stock.ahead():
                lane = await self._open()
                found = self._shared.stock.pop()
                if lane is not None and found is not None:
                    await self._attempt(lane, *found)
        except RelayRefused as error:
            await self._pause(str(error))
            raise
        finally:
            if self._lane is not None:
                await self._lane.close()

    async def _open(self) -> Lane | None:
        """The lane's connection, or a new one; patient for a while. None when the run stops."""
        shared = self._shared
        for pause in (*shared.reconnect, None):
            if self._lane is not None or shared.stopping.is_set():
                break
            try:
                self._lane = await opened(shared.transport, shared.stopping)
            except RelayUnavailable as error:
                if pause is None:
                    raise
                shared.notice(f"{error}; trying again in {pause:g} s")
                with suppress(TimeoutError):
                    await asyncio.wait_for(shared.stopping.wait(), pause)
        return self._lane

    async def _attempt(self, lane: Lane, hand: Hand, due: Due) -> None:
        """Try one delivery. Where the connection is lost before it, it goes back."""
        try:
            envelope = await self._envelope(hand, due)
            if envelope is not None:
                await self._submit(lane, envelope, hand, due)
        except RelayUnavailable:
            self._shared.stock.put_back(hand, due)
            self._lane = None
            await lane.close()
        except RelayRefused:
            self._shared.stock.put_back(hand, due)
            raise
        else:
            await self._shared.stock.done(hand)

    async def _envelope(self, hand: Hand, due: Due) -> Envelope | None:
        """The copy; None where it ends here: its reader is gone, or a slot has no value."""
        person = hand.people.get(due.subscription_id or 0)
        if person is None or due.token is None:
            await self._end(hand, due, State.SKIPPED, "")
            return None
        try:
            return self._shared.maker.make(due.seq, person[0], due.token, person[1])
        except MissingValue as slot:
            await self._end(hand, due, State.FAILED, f"slot: no value for {slot}")
            return None

    async def _submit(self, lane: Lane, envelope: Envelope, hand: Hand, due: Due) -> None:
        verdict = Verdict.LOST

        async def ready() -> bool:
            nonlocal verdict
            verdict = await self._mark(hand, due, State.SENDING)
            return verdict is Verdict.GRANTED

        outcome = await lane.submit(envelope, ready)
        if verdict is Verdict.GRANTED:
            await self._settle(hand, due, outcome)
        elif verdict is Verdict.UNWELCOME:
            self._shared.settled(State.SKIPPED)
        else:
            hand.discard()

    async def _settle(self, hand: Hand, due: Due, outcome: Outcome) -> None:
        attempt = due.attempt + 1
        step = retry(outcome, attempt, self._shared.clock(), self._shared.policy)
        said = outcome.reason if isinstance(outcome, Skipped) else str(outcome.reply)
        self._shared.writer.settle(
            Result(hand.grip, due.seq, attempt, step.state, step.not_before, said)
        )
        reason = step.pause or self._policy_row(outcome)
        if reason:
            await self._pause(reason)
        self._shared.settled(step.state)

    async def _pause(self, reason: str) -> None:
        """No further copy from any sender; those on the wire end as they end."""
        shared = self._shared
        shared.stock.close()
        dispatch_id = shared.maker.dispatch_id
        await shared.writer.call(lambda c: control.pause_for_fault(c, dispatch_id, reason))

    def _policy_row(self, outcome: Outcome) -> str:
        """Why to pause: one reader's server may have its reasons, a row of them means us."""
        if isinstance(outcome, Sent):
            self._shared.refused = 0
        if isinstance(outcome, Rejected) and outcome.blame is Blame.POLICY:
            self._shared.refused += 1
            if self._shared.refused >= POLICY_ROW:
                return f"{POLICY_ROW} copies in a row were refused by policy: {outcome.reply}"
        return ""

    async def _end(self, hand: Hand, due: Due, state: State, reason: str) -> None:
        verdict = await self._mark(hand, due, state, reason)
        if verdict is Verdict.LOST:
            hand.discard()
        else:
            self._shared.settled(State.SKIPPED if verdict is Verdict.UNWELCOME else state)

    async def _mark(self, hand: Hand, due: Due, to: State, reason: str = "") -> Verdict:
        mark = Mark(hand.grip, due.seq, due.attempt, due.state, due.subscription_id, to, reason)
        return await self._shared.writer.mark(mark)
