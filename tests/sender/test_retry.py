"""What follows an outcome is decided by a pure function."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.delivery import State
from mailer.model.outcome import (
    Blame,
    Deferred,
    Outcome,
    Rejected,
    Reply,
    Sent,
    Uncertain,
)
from mailer.sender.retry import Policy, Step, retry

NOW = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
SOON = NOW + dt.timedelta(minutes=5)
REPLY = Reply(450, "4.2.1", "busy")
POLICY = Policy(dt.timedelta(minutes=5), dt.timedelta(hours=4), 10)

may_be_tried_again = st.sampled_from(
    [Deferred(REPLY), Rejected(REPLY, Blame.POLICY), Rejected(REPLY, Blame.OURS)]
)


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (Sent(REPLY), Step(State.SENT, NOW)),
        (Uncertain(REPLY), Step(State.UNCERTAIN, NOW)),
        (Rejected(REPLY), Step(State.FAILED, NOW)),
        (
            Rejected(REPLY, Blame.OURS),
            Step(State.DEFERRED, SOON, pause="the relay refuses us: 450 4.2.1 busy"),
        ),
        (Rejected(REPLY, Blame.POLICY), Step(State.DEFERRED, SOON)),
        (Deferred(REPLY), Step(State.DEFERRED, SOON)),
    ],
)
def test_every_outcome_has_its_step(outcome: Outcome, step: Step) -> None:
    """After a first attempt."""
    assert retry(outcome, 1, NOW, POLICY) == step


@given(may_be_tried_again, st.integers(1, 9))
def test_a_deferred_copy_waits_twice_as_long_each_time_up_to_a_limit(
    outcome: Outcome, attempts: int
) -> None:
    """5, 10, 20 … minutes, 4 hours at most; also when the fault is a policy's or ours."""
    expected = min(dt.timedelta(minutes=5 * 2 ** (attempts - 1)), dt.timedelta(hours=4))
    step = retry(outcome, attempts, NOW, POLICY)
    assert (step.state, step.not_before) == (State.DEFERRED, NOW + expected)


@given(may_be_tried_again, st.integers(10, 100))
def test_attempts_come_to_an_end(outcome: Outcome, attempts: int) -> None:
    """Then it failed, for the last reason the relay gave: no copy is tried for ever."""
    step = retry(outcome, attempts, NOW, POLICY)
    assert (step.state, step.not_before) == (State.FAILED, NOW)


@given(st.sampled_from(Blame), st.integers(1, 50))
def test_only_a_fault_of_ours_pauses(whose: Blame, attempts: int) -> None:
    """At every attempt, also the last: the others would be refused like it."""
    step = retry(Rejected(REPLY, whose), attempts, NOW, POLICY)
    assert bool(step.pause) is (whose is Blame.OURS)


@given(st.sampled_from([Sent, Uncertain, Deferred, Rejected]), st.integers(1, 50))
def test_a_4xx_is_permanent_only_when_the_attempts_are_used_up(kind: type, attempts: int) -> None:
    """No temporary refusal fails a copy before that."""
    step = retry(kind(REPLY), attempts, NOW, POLICY)
    if kind is Deferred and attempts < POLICY.attempts:
        assert step.state is State.DEFERRED
        assert step.not_before > NOW
