"""Rows and counters move together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from publication import NOON, Bench

from mailer.ledger import record, shards
from mailer.ledger.change import LedgerMismatch
from mailer.ledger.record import Result
from mailer.ledger.shards import Mark
from mailer.model.delivery import State
from mailer.model.outcome import Reply


def test_a_change_that_misses_a_row_rolls_all_back(bench_of: Callable[[int], Bench]) -> None:
    """Here since a trigger keeps the row as it is."""
    bench = bench_of(3)
    bench.plan()
    with closing(bench.liveness("ann")) as ann, bench.database.write() as c:
        grip = shards.take(c, 1, 1, ann, NOON)
        assert grip is not None
        record.record(c, (), [Mark(grip, 1, 0, State.PLANNED, 1)], {1}, NOON)
        c.exec_driver_sql(
            "CREATE TRIGGER keep BEFORE UPDATE ON deliveries WHEN new.state = 'sent' "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
    sent = Result(grip, 1, 1, State.SENT, NOON, Reply(250, "2.0.0", "kept as 42"), "r")
    with pytest.raises(LedgerMismatch), bench.database.write() as c:
        record.record(c, [sent], (), (), NOON)
    with bench.database.read() as c:
        counters = c.exec_driver_sql("SELECT planned, sending, sent FROM shards").one()
    assert tuple(counters) == (2, 1, 0)
