"""The rate of a dispatch: that of its last minute, and none where nothing moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import Bench

from mailer.ledger import progress, status
from mailer.model.delivery import Pace

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
SECOND = 1_000_000


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    """100 planned copies in shards of 50, one of them in somebody's hand."""
    bench = bench_of(100)
    bench.plan()
    changed(bench, "UPDATE shards SET owner = 'ann' WHERE number = 1")
    return bench


def changed(bench: Bench, statement: str) -> None:
    with bench.database.write() as c:
        c.exec_driver_sql(statement)


def sample(bench: Bench) -> None:
    with bench.database.write() as c:
        progress.sample(c, 1)


def passed(bench: Bench, seconds: int) -> None:
    with bench.database.write() as c:
        c.execute(sa.text("UPDATE progress SET at = at - :past"), {"past": seconds * SECOND})


def sent(bench: Bench, count: int) -> None:
    with bench.database.write() as c:
        moved = sa.text(
            "UPDATE shards SET planned = planned - :n, sent = sent + :n WHERE number = 1"
        )
        c.execute(moved, {"n": count})


def pace(bench: Bench) -> Pace | None:
    with bench.database.read() as c:
        return progress.pace(c, status.status(c, 1))


def test_the_rate_is_that_of_the_last_minute(bench: Bench) -> None:
    """40 in 20 s are 2 a second: half a minute for the other 60."""
    sample(bench)
    passed(bench, 20)
    sent(bench, 40)
    sample(bench)
    found = pace(bench)
    assert found is not None
    assert found.rate == pytest.approx(2, rel=0.1)
    assert found.left.total_seconds() == pytest.approx(30, abs=3)


def test_without_a_sender_there_is_no_rate(bench: Bench) -> None:
    """No sample yet, or the last one is stale: an estimate would be a guess."""
    assert pace(bench) is None
    sample(bench)
    passed(bench, 10)
    sent(bench, 40)
    passed(bench, 15)
    assert pace(bench) is None


def test_a_sender_that_gets_nowhere_has_no_rate(bench: Bench) -> None:
    """It waits for its relay, say."""
    sample(bench)
    passed(bench, 10)
    sample(bench)
    assert pace(bench) is None


def test_old_samples_go(bench: Bench) -> None:
    """The table stays small however long a dispatch runs."""
    for _ in range(30):
        sample(bench)
        passed(bench, 5)
    with bench.database.read() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM progress").scalar_one() <= 13


@pytest.mark.parametrize(
    "statement",
    ["UPDATE shards SET owner = NULL", "UPDATE dispatches SET state = 'paused'"],
    ids=["nobody has any of it", "paused"],
)
def test_where_nobody_sends_nothing_is_foretold(bench: Bench, statement: str) -> None:
    """Also right after the last copy of a sender that died, or was told to stop."""
    sample(bench)
    passed(bench, 10)
    sent(bench, 50)
    assert pace(bench) is not None
    changed(bench, statement)
    assert pace(bench) is None
