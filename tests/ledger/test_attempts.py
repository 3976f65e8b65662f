"""What was said to attempts that did not end well is kept; one that goes at once costs nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.ledger import record, shards, status
from mailer.ledger.record import Result
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import Attempt, State
from mailer.model.outcome import Reply

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
GREYLISTED = Reply(451, "4.7.1", "greylisted")
KEPT = Reply(250, "2.0.0", "kept as 42")
Held = tuple[Bench, Grip]


@pytest.fixture
def held(in_hand: Callable[[int], Held]) -> Held:
    """A dispatch of three readers, all in hand."""
    return in_hand(3)


def attempt(held: Held, seq: int, number: int, state: State, reply: Reply) -> None:
    """Mark a copy, and settle it so."""
    bench, grip = held
    was = State.PLANNED if number == 1 else State.DEFERRED
    with bench.database.write() as c:
        record.record(c, (), [Mark(grip, seq, number - 1, was, seq)], {1, 2, 3}, NOON)
    with bench.database.write() as c:
        later = NOON + dt.timedelta(minutes=5)
        result = Result(grip, seq, number, state, later, reply, "smtp://relay:25")
        record.record(c, [result], (), (), NOON)


def kept(bench: Bench) -> list[tuple[object, ...]]:
    with bench.database.read() as c:
        query = "SELECT seq, attempt, relay, code, enhanced, text FROM attempts ORDER BY 1, 2"
        return [tuple(row) for row in c.exec_driver_sql(query)]


def test_each_attempt_that_failed_is_kept_beside_the_one_that_did_not(held: Held) -> None:
    """With relay, code, enhanced code and text; the delivery itself says what came last."""
    attempt(held, 1, 1, State.DEFERRED, GREYLISTED)
    attempt(held, 1, 2, State.DEFERRED, Reply(0, "", "the server was silent for 60 s"))
    attempt(held, 1, 3, State.SENT, KEPT)
    assert kept(held[0]) == [
        (1, 1, "smtp://relay:25", 451, "4.7.1", "greylisted"),
        (1, 2, "smtp://relay:25", 0, "", "the server was silent for 60 s"),
    ]
    with held[0].database.read() as c:
        last = c.exec_driver_sql("SELECT state, reply FROM deliveries WHERE seq = 1").one()
    assert tuple(last) == ("sent", "250 2.0.0 kept as 42")


def test_a_delivery_is_told_with_the_story_of_its_attempts(held: Held) -> None:
    """Each with its own; most have none."""
    attempt(held, 1, 1, State.DEFERRED, GREYLISTED)
    attempt(held, 3, 1, State.DEFERRED, GREYLISTED)
    attempt(held, 1, 2, State.SENT, KEPT)
    with held[0].database.read() as c:
        rows = status.copies(c, 1)
    relay = "smtp://relay:25"
    greylisted = Attempt(1, NOON, relay, 451, "4.7.1", "greylisted")
    assert [row.attempts for row in rows] == [(greylisted,), (), (greylisted,)]


def test_a_copy_that_goes_at_once_has_no_attempt_of_its_own(held: Held) -> None:
    """Its delivery says it all."""
    attempt(held, 2, 1, State.SENT, KEPT)
    assert kept(held[0]) == []


def test_an_answer_that_is_not_taken_is_not_kept(held: Held) -> None:
    """One to an attempt that was settled already."""
    attempt(held, 3, 1, State.SENT, KEPT)
    bench, grip = held
    with bench.database.write() as c:
        late = Result(grip, 3, 1, State.DEFERRED, NOON, GREYLISTED, "smtp://relay:25")
        record.record(c, [late], (), (), NOON)
    assert kept(bench) == []


def test_many_results_and_marks_go_together(bench_of: BenchOf) -> None:
    """More than one statement can hold: every row changes, and the counters say so."""
    bench = bench_of(700)
    bench.plan()
    ann = bench.liveness("ann")
    with bench.database.write() as c:
        c.exec_driver_sql("DELETE FROM shards WHERE number > 1")
        c.exec_driver_sql("UPDATE shards SET last_seq = 700, planned = 700")
        grip = shards.take(c, 1, 1, ann, NOON)
        assert grip is not None
        marks = [Mark(grip, seq, 0, State.PLANNED, seq) for seq in range(1, 701)]
        assert set(record.record(c, (), marks, set(range(701)), NOON)) == {record.Verdict.GRANTED}
        sent = [Result(grip, seq, 1, State.SENT, NOON, KEPT, "r") for seq in range(1, 701)]
        record.record(c, sent, (), (), NOON)
    with bench.database.read() as c:
        count = c.exec_driver_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'").scalar()
        counters = c.exec_driver_sql("SELECT planned, sending, sent FROM shards").one()
    assert (count, tuple(counters)) == (700, (0, 0, 700))
    ann.close()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 9])
def test_any_number_of_attempts_is_kept_at_once(bench_of: BenchOf, count: int) -> None:
    """Also one that no statement was prepared for."""
    bench = bench_of(count)
    bench.plan()
    ann = bench.liveness("ann")
    seqs = range(1, count + 1)
    with bench.database.write() as c:
        grip = shards.take(c, 1, 1, ann, NOON)
        assert grip is not None
        marks = [Mark(grip, seq, 0, State.PLANNED, seq) for seq in seqs]
        record.record(c, (), marks, set(seqs), NOON)
    results = [Result(grip, s, 1, State.DEFERRED, NOON, GREYLISTED, "smtp://relay") for s in seqs]
    with bench.database.write() as c:
        record.record(c, results, (), (), NOON)
    assert [row[0] for row in kept(bench)] == list(seqs)
    ann.close()
