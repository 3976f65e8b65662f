"""Whether a worker is there, as others can tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import Bench

from mailer.ledger import workers

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
SECOND = 1_000_000


def seen(bench: Bench) -> bool:
    with bench.database.read() as c:
        return workers.seen_lately(c)


def beat(bench: Bench, name: str = "one") -> None:
    with bench.database.write() as c:
        workers.beat(c, name)


def age(bench: Bench, seconds: int) -> None:
    with bench.database.write() as c:
        c.execute(
            sa.text("UPDATE workers SET seen_at = seen_at - :past"), {"past": seconds * SECOND}
        )


def test_a_worker_is_seen_for_a_minute_after_its_last_sign(bench_of: BenchOf) -> None:
    """Then it counts as gone, until the next one."""
    bench = bench_of(0)
    assert not seen(bench)
    beat(bench)
    age(bench, 55)
    assert seen(bench)
    age(bench, 10)
    assert not seen(bench)
    beat(bench)
    assert seen(bench)


def test_a_worker_that_took_leave_is_not_seen(bench_of: BenchOf) -> None:
    """Others that share its work are."""
    bench = bench_of(0)
    beat(bench, "one")
    beat(bench, "two")
    with bench.database.write() as c:
        workers.leave(c, "one")
    assert seen(bench)
    with bench.database.write() as c:
        workers.leave(c, "two")
    assert not seen(bench)


def test_who_died_is_forgotten_after_a_day(bench_of: BenchOf) -> None:
    """By the next worker's sign of life."""
    bench = bench_of(0)
    beat(bench, "dead")
    age(bench, 25 * 3600)
    beat(bench, "alive")
    with bench.database.read() as c:
        assert c.exec_driver_sql("SELECT name FROM workers").all() == [("alive",)]
