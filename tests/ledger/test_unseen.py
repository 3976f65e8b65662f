"""To record without a look comes to the same as with one, or to nothing at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publication import NOON, Bench

from mailer.ledger import record, shards
from mailer.ledger.change import LedgerMismatch
from mailer.ledger.record import Result, Verdict
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import State
from mailer.model.outcome import Reply

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
COUNT = 6
SAID = Reply(250, "2.0.0", "kept as 42")
ENDS = (State.SENT, State.DEFERRED, State.FAILED, State.UNCERTAIN)
TURNED_BACK = {
    "all as thought": "SELECT 1",
    "paused": "UPDATE dispatches SET state = 'paused'",
    "cancelled": "UPDATE dispatches SET state = 'cancelled'",
    "taken by another": "UPDATE shards SET owner = 'bob', epoch = epoch + 1",
    "an epoch later": "UPDATE shards SET epoch = epoch + 1",
    "resolved": "UPDATE deliveries SET state = 'failed' WHERE seq = 1; "
    "UPDATE shards SET sending = 2, failed = 1",
    "in doubt": "UPDATE deliveries SET state = 'uncertain' WHERE seq = 1; "
    "UPDATE shards SET sending = 2, uncertain = 1",
    "another attempt": "UPDATE deliveries SET attempt = attempt + 1 WHERE seq = 1",
    "asked before": "UPDATE deliveries SET state = 'sending', attempt = 1 WHERE seq = 2; "
    "UPDATE shards SET planned = 2, sending = 4",
    "gone": "DELETE FROM deliveries WHERE seq = 1",
}


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    """Six readers: of each odd number the copy is on record, the even ones are to come."""
    made = bench_of(COUNT)
    made.plan()
    return made


def taken(bench: Bench, c: sa.Connection) -> Grip:
    """All in one shard of ours."""
    c.exec_driver_sql("DELETE FROM shards WHERE number > 1")
    c.exec_driver_sql(
        "UPDATE shards SET last_seq = 6, planned = 3, sending = 3, owner = 'ann', epoch = 1"
    )
    c.exec_driver_sql("UPDATE deliveries SET state = 'sending', attempt = 1 WHERE seq IN (1, 3, 5)")
    number = c.exec_driver_sql("SELECT number FROM shards").scalar_one()
    return Grip(1, number, 1, COUNT, "ann", 1)


def after(c: sa.Connection) -> list[Any]:
    queries = (
        "SELECT seq, state, attempt, not_before, reply, changed_at FROM deliveries ORDER BY seq",
        "SELECT planned, sending, sent, deferred, failed, uncertain, skipped, due_at FROM shards",
        "SELECT seq, attempt, relay, code, enhanced, text FROM attempts ORDER BY seq",
    )
    return [[tuple(row) for row in c.exec_driver_sql(query)] for query in queries]


class _Undone(Exception):
    """Ends a transaction that is to leave nothing."""


def outcome(bench: Bench, how: record.Record, before: str, *batch: Any) -> Any:
    """What `how` makes of a batch where this has happened `before`: verdicts and rows, or None
    where it will not."""
    found: Any = None
    try:
        with bench.database.write() as c:
            grip = taken(bench, c)
            for change in before.split("; "):
                c.exec_driver_sql(change)
            results, marks, welcome = (make(grip) for make in batch)
            found = how(c, results, marks, welcome, NOON), after(c)
            raise _Undone
    except (LedgerMismatch, _Undone):
        return found


@pytest.mark.parametrize("happened", TURNED_BACK)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ends=st.lists(st.sampled_from(ENDS), min_size=0, max_size=3), data=st.data())
def test_it_is_the_same_or_nothing(
    bench: Bench, happened: str, ends: list[State], data: st.DataObject
) -> None:
    """Whatever came back, whatever is asked for, whoever left meanwhile, and whatever happened."""
    asked = data.draw(st.sets(st.sampled_from((2, 4, 6))))
    welcome = data.draw(st.sets(st.sampled_from(range(1, COUNT + 1))))

    def results(grip: Grip) -> list[Result]:
        again = NOON + dt.timedelta(minutes=5)
        return [Result(grip, 2 * n + 1, 1, end, again, SAID, "r") for n, end in enumerate(ends)]

    def marks(grip: Grip) -> list[Mark]:
        return [Mark(grip, seq, 0, State.PLANNED, seq) for seq in sorted(asked)]

    batch = (results, marks, lambda _grip: welcome)
    unseen = outcome(bench, record.record_unseen, TURNED_BACK[happened], *batch)
    looked = outcome(bench, record.record, TURNED_BACK[happened], *batch)
    assert looked is not None
    assert unseen in (None, looked)
    if happened == "all as thought":
        assert unseen == looked


def test_what_stands_otherwise_is_left_to_who_looks(bench: Bench) -> None:
    """A mark of a paused dispatch is not granted by anybody."""
    ask = (
        lambda _grip: (),
        lambda grip: [Mark(grip, 2, 0, State.PLANNED, 2)],
        lambda _grip: {2},
    )
    paused = TURNED_BACK["paused"]
    assert outcome(bench, record.record_unseen, paused, *ask) is None
    verdicts, _ = outcome(bench, record.record, paused, *ask)
    assert verdicts == [Verdict.LOST]


MARKED = {
    "sending": "UPDATE deliveries SET state = 'sending', attempt = 1 WHERE seq = 2; "
    "UPDATE shards SET planned = 2, sending = 4",
    "skipped": "UPDATE deliveries SET state = 'skipped' WHERE seq = 2; "
    "UPDATE shards SET planned = 2, skipped = 1",
}


@pytest.mark.parametrize(
    ("became", "welcome", "verdict"),
    [("sending", {2}, Verdict.GRANTED), ("skipped", set(), Verdict.UNWELCOME)],
)
def test_a_mark_of_which_its_sender_never_heard_is_granted_once_more(
    bench: Bench, became: str, welcome: set[int], verdict: Verdict
) -> None:
    """It was cut off while it committed, and asks again: nothing is written twice. Another's shard
    it gets no more than ever."""
    ask = (
        lambda _grip: (),
        lambda grip: [Mark(grip, 2, 0, State.PLANNED, 2)],
        lambda _grip: welcome,
    )
    nothing = (lambda _grip: (), lambda _grip: (), lambda _grip: welcome)
    assert outcome(bench, record.record_unseen, MARKED[became], *ask) is None
    verdicts, rows = outcome(bench, record.record, MARKED[became], *ask)
    assert verdicts == [verdict]
    assert rows == outcome(bench, record.record, MARKED[became], *nothing)[1]
    taken_over = f"{MARKED[became]}; {TURNED_BACK['taken by another']}"
    verdicts, _ = outcome(bench, record.record, taken_over, *ask)
    assert verdicts == [Verdict.LOST]


def test_a_shard_with_nothing_to_do_is_not_ours(bench: Bench) -> None:
    """Every copy was sent: it is not taken again."""
    with bench.database.write() as c:
        taken(bench, c)
        c.exec_driver_sql("UPDATE deliveries SET state = 'sent'")
        c.exec_driver_sql("UPDATE shards SET planned = 0, sending = 0, sent = 6, owner = NULL")
        assert shards.take(c, 1, 1, bench.liveness("ann"), NOON) is None
