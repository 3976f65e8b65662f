"""The work of one dispatch: its copies in, their outcomes out into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from mailer.ledger import control
from mailer.ledger.record import Result, Verdict
from mailer.model.outcome import Blame, Outcome, Rejected, Sent
from mailer.sender import courier
from mailer.sender.alarm import Tally, Threshold, alarm
from mailer.sender.hand import DueCopy
from mailer.sender.retry import Attempt, Policy, retry
from mailer.sender.silence import Silence
from mailer.sender.stock import Stock
from mailer.sender.writer import Clock, Writer

POLICY_ROW = 5  # refusals of policy in a row, of as many readers, are no longer about a reader


class DispatchWork:
    """Puts attempts on record and their outcomes into the ledger, whatever relay they were for."""

    def __init__(
        self,
        dispatch_id: int,
        stock: Stock,
        writer: Writer,
        clock: Clock,
        policy: Policy,
        threshold: Threshold,
        silence: Silence,
        ended: Callable[[], None],
        missed: Callable[[Result], None],
    ) -> None:
        self._dispatch_id = dispatch_id
        self._stock = stock
        self._writer = writer
        self._clock = clock
        self._policy = policy
        self._threshold = threshold
        self._silence = silence
        self._tally = Tally()
        self._ended = ended
        self._missed = missed
        self._refused = 0  # by policy, in a row
        self._pauses: set[asyncio.Task[None]] = set()

    def ask(self, copy: DueCopy, answer: courier.Answer) -> None:
        self._writer.mark(copy.due.mark(copy.hand.grip), partial(self._asked, copy, answer))

    def _asked(self, copy: DueCopy, answer: courier.Answer, verdict: Verdict) -> None:
        if verdict is Verdict.GRANTED:
            self._silence.sent_off()
        else:
            if verdict is Verdict.LOST:
                self._stock.discard(copy.hand)
            else:
                self._ended()
            self._stock.done(copy.hand)
        answer(verdict is Verdict.GRANTED)

    def settle(self, copy: DueCopy, outcome: Outcome, relay: str) -> None:
        self._heard(outcome)
        due, grip = copy.due, copy.hand.grip
        attempt, now = due.attempt + 1, self._clock()
        made = Attempt(attempt, due.first_at or now, (grip.dispatch_id, due.seq))
        step = retry(outcome, made, now, self._policy)
        said = outcome.reply
        result = Result(grip, due.seq, attempt, step.state, step.not_before, said, relay)
        self._writer.settle(result)
        if not isinstance(outcome, Sent):
            self._missed(result)
        self._tally.count(outcome)
        reason = step.pause or self._policy_row(outcome) or self._too_many(outcome)
        if reason:
            self.pause(reason)
        self._ended()
        self._stock.done(copy.hand)

    def _heard(self, outcome: Outcome) -> None:
        answered = outcome.reply.code > 0
        self._silence.came_back(answered)
        if answered:
            self._stock.resume()

    def pause(
        self, reason: str, also: Callable[[sa.Connection], None] = lambda _connection: None
    ) -> None:
        """No further copy from any sender; those on the wire end as they end. `also` is done in
        the same transaction."""
        self._stock.close()

        def paused(c: sa.Connection) -> None:
            control.pause_for_fault(c, self._dispatch_id, reason)
            also(c)

        self._pauses.add(asyncio.create_task(self._writer.call(paused)))

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

    def _too_many(self, outcome: Outcome) -> str:
        """Why to pause: so many refusals that something is wrong with all copies."""
        return alarm(self._tally, self._threshold) if isinstance(outcome, Rejected) else ""
