"""Planning turns an audience into deliveries, each reader at most once per issue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.ledger import plan, status
from mailer.model.delivery import State
from subscribers.model import SuppressionReason

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]


def emails(bench: Bench, dispatch_id: int) -> list[str]:
    with bench.database.read() as c:
        return [row.email for row in status.copies(c, dispatch_id)]


def test_every_confirmed_reader_gets_one_planned_delivery(bench_of: BenchOf) -> None:
    """The counts add up to the audience from the first moment."""
    bench = bench_of(7)
    dispatch_id = bench.plan()
    with bench.database.read() as c:
        found = status.status(c)
    assert (found.id, found.total, found.counts[State.PLANNED]) == (dispatch_id, 7, 7)
    assert emails(bench, dispatch_id) == [f"reader{n}@example.org" for n in range(1, 8)]


def test_planning_the_same_order_twice_finds_the_first_dispatch(bench_of: BenchOf) -> None:
    """The key (issue, list, segment, purpose) is unique: two `send` share one dispatch."""
    bench = bench_of(3)
    assert bench.plan() == bench.plan()


def test_who_left_or_is_suppressed_is_not_planned(bench_of: BenchOf) -> None:
    """Neither the unsubscribed nor the suppressed are in the audience."""
    bench = bench_of(4)
    bench.store.unsubscribe("reader1@example.org", None, "test", NOON)
    bench.store.suppress("reader2@example.org", None, SuppressionReason.MANUAL, "test", NOON)
    assert emails(bench, bench.plan()) == ["reader3@example.org", "reader4@example.org"]


def test_a_reader_on_two_lists_gets_an_issue_once(bench_of: BenchOf) -> None:
    """The second dispatch of an issue reaches only those whom the first does not."""
    bench = bench_of(3)
    bench.add(5, "weekly", start=2)
    bench.plan()
    second = bench.plan(list_name="weekly")
    assert emails(bench, second) == [f"reader{n}@example.org" for n in (4, 5, 6)]


def test_another_issue_reaches_everybody_again(bench_of: BenchOf) -> None:
    """At most once is per issue."""
    bench = bench_of(3)
    bench.plan("2020-12")
    assert len(emails(bench, bench.plan("2021-01"))) == 3


def test_the_count_asked_beforehand_is_the_number_planned(bench_of: BenchOf) -> None:
    """What the editor confirms is what the ledger plans."""
    bench = bench_of(3)
    bench.add(2, "weekly", start=3)
    bench.plan()
    with bench.database.read() as c:
        expected = plan.count(c, bench.store.audience("weekly"), "2021-01")
    assert expected == len(emails(bench, bench.plan(list_name="weekly"))) == 1


@pytest.mark.parametrize(
    ("total", "size"), [(0, 50), (500, 50), (3200, 50), (6400, 100), (64_000, 1000), (10**6, 1000)]
)
def test_shards_are_neither_tiny_nor_huge(total: int, size: int) -> None:
    """clamp(total / 64, 50, 1000)."""
    assert plan.shard_size(total) == size


def test_shards_cover_the_deliveries_without_a_gap(bench_of: BenchOf) -> None:
    """Every delivery lies in exactly one shard, and the planned counters say so."""
    bench = bench_of(120)
    bench.plan()
    with bench.database.read() as c:
        rows = c.exec_driver_sql(
            "SELECT first_seq, last_seq, planned FROM shards ORDER BY number"
        ).all()
    assert [tuple(row) for row in rows] == [(1, 50, 50), (51, 100, 50), (101, 120, 20)]
