"""What follows an outcome: a pure decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from mailer.model.delivery import State
from mailer.model.outcome import Blame, Deferred, Outcome, Rejected, Sent, Uncertain
from mailer.sender.spread import spread
from mailer.sender.throttle.symptom import told_wait


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a deferred copy is tried: again `first` after the first attempt, then twice as late
    each time, up to `longest`; each time later by up to the part `jitter`, so that copies refused
    together do not come again together. It fails when it was tried for `age` and at least
    `least` times: a machine that was off in between has tried nothing."""

    first: dt.timedelta = dt.timedelta(minutes=5)
    longest: dt.timedelta = dt.timedelta(hours=4)
    jitter: float = 0.25
    age: dt.timedelta = dt.timedelta(hours=48)
    least: int = 4


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a delivery: its number, from 1; when the first one was; and what tells the
    delivery from every other."""

    number: int
    first_at: dt.datetime
    key: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """The delivery's next state, from when it may be tried again, and, where the fault is ours,
    why the whole dispatch pauses."""

    state: State
    not_before: dt.datetime
    pause: str = ""


def retry(outcome: Outcome, attempt: Attempt, now: dt.datetime, policy: Policy) -> Step:
    """A fault of ours fails nobody, however old the copy is; and it waits like any other, else it
    were first in line again at every resume."""
    match outcome:
        case Sent():
            return Step(State.SENT, now)
        case Uncertain():
            return Step(State.UNCERTAIN, now)
        case Rejected(_, Blame.RECIPIENT):
            return Step(State.FAILED, now)
        case Rejected(reply, Blame.OURS):
            again = Step(State.DEFERRED, now + _wait(attempt, policy))
            return replace(again, pause=f"the relay refuses us: {reply}")
    return _again(outcome, attempt, now, policy)


def _again(
    outcome: Rejected | Deferred, attempt: Attempt, now: dt.datetime, policy: Policy
) -> Step:
    if attempt.number >= policy.least and now - attempt.first_at >= policy.age:
        return Step(State.FAILED, now)
    asked = min(told_wait(outcome.reply), policy.longest)
    return Step(State.DEFERRED, now + max(asked, _wait(attempt, policy)))


def _wait(attempt: Attempt, policy: Policy) -> dt.timedelta:
    doubled: int = 2 ** min(attempt.number - 1, 30)
    wait = min(policy.longest, policy.first * doubled)
    return wait * (1 + policy.jitter * spread(*attempt.key, attempt.number))
