"""What a cancel, a pause or a late answer leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from publication import NOON, Bench

from mailer.errors import PlanChanged, UsageError
from mailer.ledger import control, plan, record, shards, status
from mailer.ledger.record import Result
from mailer.ledger.shards import Grip
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Reply

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
LATER = NOON + dt.timedelta(minutes=5)
SAID = Reply(451, "4.7.1", "said")


def counts(bench: Bench) -> Mapping[State, int]:
    with bench.database.read() as c:
        found = status.status(c)
    assert sum(found.counts.values()) == found.total
    return {state: number for state, number in found.counts.items() if number}


def settle(bench: Bench, grip: Grip, state: State, not_before: dt.datetime = LATER) -> None:
    with bench.database.write() as c:
        record.record(c, [Result(grip, 1, 1, state, not_before, SAID, "relay")], (), (), NOON)


def cancel(bench: Bench) -> None:
    with bench.database.write() as c:
        control.cancel(c, 1, NOON, "ann")


def test_a_copy_on_the_wire_at_a_cancel_ends_as_it_ends(held: tuple[Bench, Grip]) -> None:
    """A 250 is a 250."""
    bench, grip = held
    cancel(bench)
    assert counts(bench) == {State.SENDING: 1, State.SKIPPED: 1}
    settle(bench, grip, State.SENT)
    assert counts(bench) == {State.SENT: 1, State.SKIPPED: 1}


def test_a_copy_deferred_after_a_cancel_is_given_up(held: tuple[Bench, Grip]) -> None:
    """It would never be due again, and its reader could have no other dispatch of the issue."""
    bench, grip = held
    cancel(bench)
    settle(bench, grip, State.DEFERRED)
    assert counts(bench) == {State.SKIPPED: 2}
    with bench.database.read() as c:
        assert plan.count(c, bench.store.audience("monthly"), "2021-01") == 2


def test_what_is_uncertain_of_a_cancelled_dispatch_is_not_sent_again(
    held: tuple[Bench, Grip],
) -> None:
    """It can be taken for sent."""
    bench, grip = held
    cancel(bench)
    settle(bench, grip, State.UNCERTAIN)
    with pytest.raises(UsageError, match="cancelled"), bench.database.write() as c:
        control.resolve(c, 1, State.PLANNED, NOON, "ann")
    with bench.database.write() as c:
        assert control.resolve(c, 1, State.SENT, NOON, "ann") == 1
    assert counts(bench) == {State.SENT: 1, State.SKIPPED: 1}


def test_a_fault_of_ours_does_not_overrule_the_editor(held: tuple[Bench, Grip]) -> None:
    """A dispatch cancelled meanwhile stays cancelled, and no error comes of it."""
    bench, _ = held
    cancel(bench)
    with bench.database.write() as c:
        control.pause_for_fault(c, 1, "login refused")
        assert status.status(c, 1).state is DispatchState.CANCELLED


def test_a_late_deferral_makes_its_shard_due_in_time(held: tuple[Bench, Grip]) -> None:
    """The shard was released with a later time; the answer came after that."""
    bench, grip = held
    with bench.database.write() as c:
        c.exec_driver_sql("UPDATE shards SET owner = NULL, due_at = due_at + 14400000000")
    settle(bench, grip, State.DEFERRED)
    with bench.database.read() as c:
        assert status.next_due(c, 1) == LATER


def test_a_count_that_changed_meanwhile_plans_nothing(bench_of: BenchOf) -> None:
    """Somebody agreed to three copies."""
    bench = bench_of(3)
    order = bench.order()
    bench.store.unsubscribe("reader1@example.org", None, "test", NOON)
    audience = bench.store.audience("monthly")
    with pytest.raises(PlanChanged, match="2 copies by now, not 3"), bench.database.write() as c:
        plan.plan(c, order, audience, NOON, 3)
    with bench.database.read() as c:
        assert status.statuses(c) == []


def test_another_version_that_began_meanwhile_is_not_joined(bench_of: BenchOf) -> None:
    """Somebody agreed to this version."""
    bench = bench_of(3)
    order = bench.order(title="Another")
    bench.plan()
    with pytest.raises(PlanChanged, match="another version"), bench.database.write() as c:
        plan.plan(c, order, bench.store.audience("monthly"), NOON, 3)


def test_the_next_time_is_that_of_a_deferred_copy(held: tuple[Bench, Grip]) -> None:
    """Not of the planned ones beside it, which are due already."""
    bench, grip = held
    settle(bench, grip, State.DEFERRED)
    with bench.database.write() as c:
        shards.release(c, grip, NOON)
        assert status.next_due(c, 1) == LATER


def test_the_reason_of_a_pause_is_the_first_one(held: tuple[Bench, Grip]) -> None:
    """What the relay said is not lost when the editor pauses too."""
    bench, _ = held
    with bench.database.write() as c:
        control.pause_for_fault(c, 1, "login refused")
        control.pause(c, 1, "by the editor", "ann")
        assert status.status(c, 1).reason == "login refused"
