"""What follows an outcome: a pure decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from mailer.model.delivery import State
from mailer.model.outcome import Blame, Outcome, Rejected, Sent, Uncertain


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a deferred copy is tried: `first` after the first attempt, doubling up to
    `longest`, at most `attempts` times."""

    first: dt.timedelta = dt.timedelta(minutes=5)
    longest: dt.timedelta = dt.timedelta(hours=4)
    attempts: int = 20


@dataclass(frozen=True, slots=True)
class Step:
    """The delivery's next state, from when it may be tried again, and, where the fault is ours,
    why the whole dispatch pauses."""

    state: State
    not_before: dt.datetime
    pause: str = ""


def retry(outcome: Outcome, attempts: int, now: dt.datetime, policy: Policy) -> Step:
    """`attempts` counts those made, this one among them.

    A fault of ours waits like any other: else its copy were first in line again at every resume.
    """
    match outcome:
        case Sent():
            return Step(State.SENT, now)
        case Uncertain():
            return Step(State.UNCERTAIN, now)
        case Rejected(_, Blame.RECIPIENT):
            return Step(State.FAILED, now)
        case Rejected(reply, Blame.OURS):
            again = _again(attempts, now, policy)
            return replace(again, pause=f"the relay refuses us: {reply}")
    return _again(attempts, now, policy)


def _again(attempts: int, now: dt.datetime, policy: Policy) -> Step:
    if attempts >= policy.attempts:
        return Step(State.FAILED, now)
    wait = min(policy.longest, policy.first * 2 ** (attempts - 1))
    return Step(State.DEFERRED, now + wait)
