"""When so many copies are refused that something is wrong with all of them: a pure decision."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.model.outcome import Deferred, Outcome, Rejected, Reply

# An address that was never right or is no more (RFC 3463 §3.2), and a mailbox that is closed. A
# list that is mailed once a month has some of these every month.
_NOBODY_THERE = frozenset({f"5.1.{detail}" for detail in (0, 1, 2, 3, 4, 6, 10)} | {"5.2.1"})
_NOBODY_THERE_CODES = frozenset({550, 551, 553, 556})


@dataclass(frozen=True, slots=True)
class Threshold:
    """Shares of the attempts: of refusals `of_all` kinds, and of those `other` than that there is
    no such person. Fewer than `least` attempts prove nothing. A share of 1 never stops."""

    other: float = 0.05
    of_all: float = 0.20
    least: int = 200


@dataclass(slots=True)
class Tally:
    """Attempts that were answered for good, and how the refused ones were."""

    attempts: int = 0
    nobody: int = 0
    other: int = 0
    said: str = ""  # the last refusal of another kind, or the last one of all

    @property
    def refused(self) -> int:
        return self.nobody + self.other

    def count(self, outcome: Outcome) -> None:
        """A 4xx counts for nothing: such a copy is tried again and answered then."""
        if isinstance(outcome, Deferred):
            return
        self.attempts += 1
        if not isinstance(outcome, Rejected):
            return
        if no_such_person(outcome.reply):
            self.nobody += 1
            self.said = self.said if self.other else str(outcome.reply)
        else:
            self.other += 1
            self.said = str(outcome.reply)


def no_such_person(reply: Reply) -> bool:
    """Whether a 5xx says that nobody has that address."""
    if reply.enhanced:
        return reply.enhanced in _NOBODY_THERE
    return reply.code in _NOBODY_THERE_CODES


def alarm(tally: Tally, threshold: Threshold) -> str:
    """Why the dispatch should stop; empty while it should not."""
    if tally.attempts < threshold.least:
        return ""
    if threshold.other < 1 and tally.other >= threshold.other * tally.attempts:
        return _reason(tally.other, tally, "for other reasons than that there is no such person")
    if threshold.of_all < 1 and tally.refused >= threshold.of_all * tally.attempts:
        return _reason(tally.refused, tally, "by the relay")
    return ""


def _reason(count: int, tally: Tally, how: str) -> str:
    return f"{count:,} of {tally.attempts:,} copies were refused {how}, the last with: {tally.said}"
