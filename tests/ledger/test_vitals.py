from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import Bench
from statements import asked

from mailer.ledger import clock, control, rests, schedule, workers
from mailer.ledger.schema import dispatches
from mailer.ledger.vitals import LATELY, Vitals, vitals
from mailer.model.delivery import State
from mailer.model.pace import Rest

pytestmark = pytest.mark.both_databases

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bench(bench_of: Callable[[int], Bench]) -> Bench:
    return bench_of(3)


def seen(bench: Bench) -> Vitals:
    with bench.database.read() as c:
        return vitals(c)


def now(bench: Bench) -> dt.datetime:
    with bench.database.read() as c:
        return clock.now(c)


def test_a_dispatch_under_way_is_told_with_its_counts(bench: Bench) -> None:
    planned = bench.plan()
    with bench.database.write() as c:
        schedule.hand_over(c, planned, "ann")
        workers.beat(c, "ann-1")
    found = seen(bench)
    assert [(each.id, each.counts[State.PLANNED]) for each in found.dispatches] == [(planned, 3)]
    assert found.stages == {"open": 1}
    assert (found.workers, found.waiting) == (1, 1)


def test_a_dispatch_at_its_end_is_told_for_a_while(bench: Bench) -> None:
    """Bounces come in those days; later on there would be more of them every month."""
    planned = bench.plan()
    with bench.database.write() as c:
        control.cancel(c, planned, now(bench), "ann")
        ended = {"state": "finished", "finished_at": now(bench) - LATELY + HOUR}
        c.execute(dispatches.update().values(ended))
    assert [each.id for each in seen(bench).dispatches] == [planned]
    with bench.database.write() as c:
        c.execute(dispatches.update().values(finished_at=now(bench) - LATELY - HOUR))
    assert seen(bench).dispatches == []
    assert seen(bench).stages == {"finished": 1}


def test_a_relay_that_rests_is_told_and_the_domains_behind_it_are_not(bench: Bench) -> None:
    at = now(bench)
    with bench.database.write() as c:
        rests.save(c, "main", "*", Rest(2, at + HOUR, at))
        rests.save(c, "main", "example.org", Rest(2, at + HOUR, at))
        rests.save(c, "own", "*", Rest(1, at - HOUR, at - HOUR))
    resting = seen(bench).resting
    assert resting["main"] == pytest.approx(3600, abs=60)
    assert resting["own"] == 0


def test_it_reads_no_delivery(bench: Bench) -> None:
    """However many copies there are: it is asked every few seconds."""
    bench.plan()
    with asked(bench.database.engine) as statements:
        seen(bench)
    assert statements
    assert not any("deliveries" in statement for statement in statements)
