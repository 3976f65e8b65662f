"""Shards have one living owner at a time; a dead one's doubt is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.ledger import control, events, record, shards, status
from mailer.ledger.liveness import FileLiveness
from mailer.ledger.record import Result, Verdict
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import State
from mailer.model.outcome import Reply

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
LATER = NOON + dt.timedelta(minutes=5)
SAID = Reply(451, "4.7.1", "said")


def liveness(bench: Bench, name: str) -> FileLiveness:
    return bench.liveness(name)


def take(bench: Bench, owner: FileLiveness, at: dt.datetime = NOON) -> Grip | None:
    with bench.database.write() as c:
        return shards.take(c, 1, 1, owner, at)


def mark(bench: Bench, grip: Grip, *seqs: int) -> list[Verdict]:
    with bench.database.write() as c:
        marks = [Mark(grip, seq, 0, State.PLANNED, seq) for seq in seqs]
        return record.record(c, (), marks, set(range(1000)), NOON)


def settle(bench: Bench, grip: Grip, seq: int, state: State, attempt: int = 1) -> None:
    with bench.database.write() as c:
        record.record(c, [Result(grip, seq, attempt, state, LATER, SAID, "relay")], (), (), NOON)


def counts(bench: Bench) -> dict[State, int]:
    with bench.database.read() as c:
        found = status.status(c)
        rows = c.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state").all()
    assert {s: n for s, n in found.counts.items() if n} == {State(s): n for s, n in rows}
    assert sum(found.counts.values()) == found.total
    return {s: n for s, n in found.counts.items() if n}


def test_what_was_never_tried_is_due_whatever_the_clock_says(bench_of: BenchOf) -> None:
    """Put back by a month, it waits for nothing: neither planned, nor given back untried."""
    bench = bench_of(1)
    bench.plan()
    ann, earlier = liveness(bench, "ann"), NOON - dt.timedelta(days=30)
    for moment in (NOON, earlier):
        grip = take(bench, ann, moment)
        assert grip is not None
        with bench.database.write() as c:
            assert len(shards.due(c, grip, moment)) == 1
            shards.release(c, grip, moment)
    ann.close()


def test_two_senders_never_hold_the_same_shard(bench_of: BenchOf) -> None:
    """The second takes the next shard, and none when all have living owners."""
    bench = bench_of(100)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    numbers = [grip and grip.number for grip in (take(bench, ann), take(bench, bob))]
    assert numbers == [1, 2]
    assert take(bench, ann) is None
    ann.close()
    bob.close()


def test_a_dead_owners_shard_is_taken_over_and_its_copies_on_the_wire_are_uncertain(
    bench_of: BenchOf,
) -> None:
    """What was marked and not settled stays in doubt; the rest is still planned."""
    bench = bench_of(5)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    grip = take(bench, ann)
    assert grip is not None
    mark(bench, grip, 1, 2)
    settle(bench, grip, 1, State.SENT)
    ann.close()
    taken = take(bench, bob)
    assert taken is not None
    assert taken.epoch > grip.epoch
    assert counts(bench) == {State.SENT: 1, State.UNCERTAIN: 1, State.PLANNED: 3}
    with bench.database.read() as c:
        [event] = events.listed(c, 1)
    assert (event.actor, event.action) == ("the sender", "took over")
    assert event.detail == "ann is gone: shards 1, uncertain copies 1"
    bob.close()


def test_a_sender_that_lost_its_shard_marks_nothing(bench_of: BenchOf) -> None:
    """The epoch fences the mark."""
    bench = bench_of(3)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    old = take(bench, ann)
    assert old is not None
    ann.close()
    assert take(bench, bob) is not None
    assert mark(bench, old, 1) == [Verdict.LOST]
    assert counts(bench) == {State.PLANNED: 3}
    bob.close()


def test_the_250_of_a_woken_sender_is_the_truth(bench_of: BenchOf) -> None:
    """An outcome is fenced by its attempt, not by the epoch: uncertain becomes sent."""
    bench = bench_of(1)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    old = take(bench, ann)
    assert old is not None
    mark(bench, old, 1)
    ann.close()
    take(bench, bob)
    assert counts(bench) == {State.UNCERTAIN: 1}
    settle(bench, old, 1, State.SENT)
    assert counts(bench) == {State.SENT: 1}
    bob.close()


def test_an_outcome_of_an_older_attempt_changes_nothing(bench_of: BenchOf) -> None:
    """After the editor had it sent again, the first attempt's late 250 is not the second's."""
    bench = bench_of(1)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    old = take(bench, ann)
    assert old is not None
    mark(bench, old, 1)
    ann.close()
    with bench.database.write() as c:
        shards.recover(c, 1, bob, NOON)
        assert control.resolve(c, 1, State.PLANNED, NOON, "ann") == 1
    grip = take(bench, bob)
    assert grip is not None
    with bench.database.write() as c:
        again = [Mark(grip, 1, 1, State.PLANNED, 1)]
        assert record.record(c, (), again, {1}, NOON) == [Verdict.GRANTED]
    settle(bench, old, 1, State.SENT, attempt=1)
    assert counts(bench) == {State.SENDING: 1}
    settle(bench, grip, 1, State.SENT, attempt=2)
    assert counts(bench) == {State.SENT: 1}
    bob.close()


def test_an_editors_resolution_is_not_overwritten(bench_of: BenchOf) -> None:
    """Once assumed sent, a late failure of that attempt changes nothing."""
    bench = bench_of(1)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    old = take(bench, ann)
    assert old is not None
    mark(bench, old, 1)
    ann.close()
    with bench.database.write() as c:
        shards.recover(c, 1, bob, NOON)
        control.resolve(c, 1, State.SENT, NOON, "ann")
    settle(bench, old, 1, State.FAILED)
    assert counts(bench) == {State.SENT: 1}
    bob.close()


def test_a_reader_who_left_meanwhile_is_skipped_not_marked(bench_of: BenchOf) -> None:
    """The mark asks once more whether the copy is welcome, in the same transaction."""
    bench = bench_of(2)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    with bench.database.write() as c:
        marks = [Mark(grip, seq, 0, State.PLANNED, seq) for seq in (1, 2)]
        verdicts = record.record(c, (), marks, {2}, NOON)
    assert verdicts == [Verdict.UNWELCOME, Verdict.GRANTED]
    assert counts(bench) == {State.SKIPPED: 1, State.SENDING: 1}
    ann.close()


def test_a_mark_that_is_made_already_is_granted_to_who_made_it(bench_of: BenchOf) -> None:
    """The answer to its commit got lost. Who left in between gets nothing, and who lost the shard
    knows nothing."""
    bench = bench_of(2)
    bench.plan()
    ann, bob = liveness(bench, "ann"), liveness(bench, "bob")
    grip = take(bench, ann)
    assert grip is not None
    for welcome, verdict in (({1, 2}, Verdict.GRANTED), ({2}, Verdict.UNWELCOME)):
        with bench.database.write() as c:
            marks = [Mark(grip, seq, 0, State.PLANNED, seq) for seq in (1, 2)]
            assert record.record(c, (), marks, welcome, NOON) == [verdict, Verdict.GRANTED]
    assert counts(bench) == {State.SKIPPED: 1, State.SENDING: 1}
    ann.close()
    with bench.database.write() as c:
        shards.recover(c, 1, bob, NOON)
    assert mark(bench, grip, 2) == [Verdict.LOST]
    bob.close()


def test_a_paused_dispatch_marks_nothing_and_gives_no_shard(bench_of: BenchOf) -> None:
    """A pause holds from the next mark on, also for a sender at work."""
    bench = bench_of(60)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    with bench.database.write() as c:
        control.pause(c, 1, "wait", "ann")
    assert mark(bench, grip, 1) == [Verdict.LOST]
    assert take(bench, ann) is None
    ann.close()


def test_a_deferred_delivery_is_due_again_at_its_time(bench_of: BenchOf) -> None:
    """A released shard is taken no earlier than its first delivery is due."""
    bench = bench_of(1)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    mark(bench, grip, 1)
    settle(bench, grip, 1, State.DEFERRED)
    with bench.database.write() as c:
        shards.release(c, grip, NOON)
    assert take(bench, ann, LATER - dt.timedelta(seconds=1)) is None
    assert take(bench, ann, LATER) is not None
    ann.close()


def test_what_is_on_the_wire_when_a_shard_is_given_back_is_in_doubt(
    held: tuple[Bench, Grip],
) -> None:
    """Until its answer comes, whoever has the shard by then."""
    bench, grip = held
    with bench.database.write() as c:
        shards.release(c, grip, NOON)
    assert counts(bench) == {State.UNCERTAIN: 1, State.PLANNED: 1}
    ben = liveness(bench, "ben")
    assert take(bench, ben) is not None
    settle(bench, grip, 1, State.SENT)
    assert counts(bench) == {State.SENT: 1, State.PLANNED: 1}
    ben.close()


put_back = pytest.mark.parametrize(("hours", "waits"), [(5, True), (30 * 24, False)])


@put_back
def test_a_rest_is_no_longer_than_any_when_the_clock_is_put_back(
    bench_of: BenchOf, hours: int, waits: bool
) -> None:
    """A shard that was given back for a while is free."""
    bench = bench_of(1)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    with bench.database.write() as c:
        shards.release(c, grip, NOON, LATER)
    assert (take(bench, ann, NOON - dt.timedelta(hours=hours)) is None) == waits
    ann.close()


@put_back
def test_a_deferred_delivery_waits_no_longer_than_any_when_the_clock_is_put_back(
    bench_of: BenchOf, hours: int, waits: bool
) -> None:
    """Its shard is free, and it is due."""
    bench = bench_of(1)
    bench.plan()
    ann, then = liveness(bench, "ann"), NOON - dt.timedelta(hours=hours)
    grip = take(bench, ann)
    assert grip is not None
    mark(bench, grip, 1)
    settle(bench, grip, 1, State.DEFERRED)
    with bench.database.write() as c:
        shards.release(c, grip, NOON)
        found = shards.due(c, shards.take(c, 1, 1, ann, then) or grip, then)
    assert [one.seq for one in found] == ([] if waits else [1])
    ann.close()


def test_cancelling_skips_what_was_not_sent(bench_of: BenchOf) -> None:
    """Nothing of a cancelled dispatch is ever sent, and it cannot be resumed."""
    bench = bench_of(3)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    mark(bench, grip, 1)
    settle(bench, grip, 1, State.SENT)
    with bench.database.write() as c:
        control.cancel(c, 1, NOON, "ann")
    assert counts(bench) == {State.SENT: 1, State.SKIPPED: 2}
    ann.close()


def test_a_dispatch_is_finished_when_nothing_is_left(bench_of: BenchOf) -> None:
    """Not while something is uncertain: that waits for the editor."""
    bench = bench_of(1)
    bench.plan()
    ann = liveness(bench, "ann")
    grip = take(bench, ann)
    assert grip is not None
    mark(bench, grip, 1)
    settle(bench, grip, 1, State.UNCERTAIN)
    with bench.database.write() as c:
        assert not control.finish_if_settled(c, 1, NOON)
        control.resolve(c, 1, State.SENT, NOON, "ann")
        assert control.finish_if_settled(c, 1, NOON)
    ann.close()
