"""The work of one dispatch: its copies in, their outcomes out into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from mailer.ledger import control
from mailer.ledger.record import Result, Verdict
from mailer.model.outcome import Blame, Outcome, Rejected, Sent
from mailer.sender import courier
from mailer.sender.hand import DueCopy
from mailer.sender.retry import Policy, retry
from mailer.sender.stock import Stock
from mailer.sender.writer import Clock, Writer

POLICY_ROW = 5  # refusals of policy in a row, of as many readers, are no longer about a reader


class DispatchWork:
    """What `courier.Work` asks for, with the ledger behind it."""

    def __init__(
        self,
        dispatch_id: int,
        relay: str,
        stock: Stock,
        writer: Writer,
        clock: Clock,
        policy: Policy,
        ended: Callable[[], None],
    ) -> None:
        self._dispatch_id = dispatch_id
        self._relay = relay
        self._stock = stock
        self._writer = writer
        self._clock = clock
        self._policy = policy
        self._ended = ended
        self._refused = 0  # by policy, in a row
        self._pauses: set[asyncio.Task[None]] = set()
        self.take = stock.take
        self.more = stock.more
        self.put_back = stock.put_back

    def ask(self, copy: DueCopy, answer: courier.Answer) -> None:
        self._writer.mark(copy.due.mark(copy.hand.grip), partial(self._asked, copy, answer))

    def _asked(self, copy: DueCopy, answer: courier.Answer, verdict: Verdict) -> None:
        if verdict is not Verdict.GRANTED:
            if verdict is Verdict.LOST:
                self._stock.discard(copy.hand)
            else:
                self._ended()
            self._stock.done(copy.hand)
        answer(verdict is Verdict.GRANTED)

    def settle(self, copy: DueCopy, outcome: Outcome) -> None:
        due, grip = copy.due, copy.hand.grip
        attempt = due.attempt + 1
        step = retry(outcome, attempt, self._clock(), self._policy)
        said, relay = outcome.reply, self._relay
        self._writer.settle(
            Result(grip, due.seq, attempt, step.state, step.not_before, said, relay)
        )
        reason = step.pause or self._policy_row(outcome)
        if reason:
            self.pause(reason)
        self._ended()
        self._stock.done(copy.hand)

    def pause(self, reason: str) -> None:
        """No further copy from any sender; those on the wire end as they end."""
        self._stock.close()
        pause = self._writer.call(lambda c: control.pause_for_fault(c, self._dispatch_id, reason))
        self._pauses.add(asyncio.create_task(pause))

    async def end(self) -> None:
        """When no courier is at work any more. Raises DatabaseError."""
        await asyncio.gather(*self._pauses)

    def _policy_row(self, outcome: Outcome) -> str:
        """Why to pause: one reader's server may have its reasons, a row of them means us."""
        if isinstance(outcome, Sent):
            self._refused = 0
        elif isinstance(outcome, Rejected) and outcome.blame is Blame.POLICY:
            self._refused += 1
            if self._refused >= POLICY_ROW:
                return f"{POLICY_ROW} copies in a row were refused by policy: {outcome.reply}"
        return ""
