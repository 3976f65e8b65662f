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
from mailer.sender.retry import Attempt, Policy, Step, retry

NOW = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
SOON = NOW + dt.timedelta(minutes=5)
REPLY = Reply(450, "4.2.1", "busy")
POLICY = Policy()
EVEN = Policy(jitter=0)
FIRST = Attempt(1, NOW, (1, 1))

temporary = st.sampled_from([Deferred(REPLY), Rejected(REPLY, Blame.POLICY)])
attempts = st.builds(
    Attempt,
    st.integers(1, 100),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=9)).map(lambda age: NOW - age),
    st.tuples(st.integers(1, 9), st.integers(1, 10**6)),
)


def is_used_up(attempt: Attempt) -> bool:
    return attempt.number >= 4 and NOW - attempt.first_at >= dt.timedelta(hours=48)


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
    assert retry(outcome, FIRST, NOW, EVEN) == step


@given(temporary, st.integers(1, 100))
def test_a_deferred_copy_waits_twice_as_long_each_time_up_to_a_limit(
    outcome: Outcome, number: int
) -> None:
    """5, 10, 20 … minutes, 4 hours at most."""
    expected = min(dt.timedelta(minutes=5) * 2 ** min(number - 1, 9), dt.timedelta(hours=4))
    step = retry(outcome, Attempt(number, NOW, (1, 1)), NOW, EVEN)
    assert (step.state, step.not_before) == (State.DEFERRED, NOW + expected)


@given(temporary, attempts)
def test_the_jitter_is_a_part_of_the_wait_and_always_the_same(
    outcome: Outcome, attempt: Attempt
) -> None:
    """Never earlier, up to a quarter later; asked again, the decision has not changed."""
    step, even = retry(outcome, attempt, NOW, POLICY), retry(outcome, attempt, NOW, EVEN)
    wait = even.not_before - NOW
    assert NOW + wait <= step.not_before <= NOW + 1.25 * wait
    assert retry(outcome, attempt, NOW, POLICY) == step


def test_copies_that_were_refused_together_come_again_spread_out() -> None:
    """A thousand of them over a quarter of the wait, no second with more than a few."""
    waits = [
        retry(Deferred(REPLY), Attempt(1, NOW, (7, seq)), NOW, POLICY).not_before
        for seq in range(1000)
    ]
    assert max(waits) - min(waits) > dt.timedelta(seconds=70)
    by_second = [wait.replace(microsecond=0) for wait in waits]
    assert max(by_second.count(second) for second in set(by_second)) < 40


@pytest.mark.parametrize(
    ("number", "hours", "state"),
    [(4, 48, State.FAILED), (3, 48, State.DEFERRED), (4, 47, State.DEFERRED)],
)
def test_a_copy_is_given_up_after_so_many_hours_and_attempts(
    number: int, hours: int, state: State
) -> None:
    """Neither alone will do."""
    attempt = Attempt(number, NOW - dt.timedelta(hours=hours), (1, 1))
    assert retry(Deferred(REPLY), attempt, NOW, EVEN).state is state


@given(temporary, attempts)
def test_a_copy_fails_when_it_is_too_old_and_was_tried_often_enough(
    outcome: Outcome, attempt: Attempt
) -> None:
    """48 hours since the first attempt, and four attempts: the last reason is kept."""
    step = retry(outcome, attempt, NOW, POLICY)
    assert step.state is (State.FAILED if is_used_up(attempt) else State.DEFERRED)
    assert (step.not_before == NOW) is is_used_up(attempt)


@given(attempts)
def test_a_fault_of_ours_fails_nobody(attempt: Attempt) -> None:
    """However old the copy is; it waits, and the dispatch pauses."""
    step = retry(Rejected(REPLY, Blame.OURS), attempt, NOW, POLICY)
    assert step.state is State.DEFERRED
    assert step.not_before > NOW
    assert step.pause


@given(st.sampled_from([Blame.RECIPIENT, Blame.POLICY]), attempts)
def test_only_a_fault_of_ours_pauses(whose: Blame, attempt: Attempt) -> None:
    """What is about a recipient stops nobody else."""
    assert retry(Rejected(REPLY, whose), attempt, NOW, POLICY).pause == ""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Greylisted, come back in 00:20:00", 20),
        ("Greylisted for 900 seconds", 15),
        ("try again in 2 minutes", 5),  # sooner than we would
        ("come again in 300 hours", 240),  # later than we ever do
    ],
)
def test_a_reply_that_names_a_time_is_heeded(text: str, minutes: int) -> None:
    """Within the limits of our own."""
    step = retry(Deferred(Reply(451, "4.7.1", text)), FIRST, NOW, EVEN)
    assert step.not_before == NOW + dt.timedelta(minutes=minutes)
