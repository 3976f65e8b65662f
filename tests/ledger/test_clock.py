"""One time for all who share a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import Bench

from mailer.ledger import clock
from mailer.ledger.clock import DatabaseClock

pytestmark = pytest.mark.both_databases
SECOND = dt.timedelta(seconds=1)


def test_the_databases_time_is_that_of_its_machine(bench_of: Callable[[int], Bench]) -> None:
    """In UTC, to the millisecond at least."""
    with bench_of(0).database.read() as c:
        found = clock.now(c)
    assert abs(found - dt.datetime.now(dt.UTC)) < 60 * SECOND


def test_a_clock_goes_on_from_there_whatever_this_machines_says(
    bench_of: Callable[[int], Bench],
) -> None:
    """By seconds that nobody sets; asking takes time, and half of that is taken off."""
    ticks = iter((100.0, 102.0, 101.0, 111.0))
    with bench_of(0).database.read() as c:
        before = clock.now(c)
        shared = DatabaseClock(c, lambda: next(ticks))
        after = clock.now(c)
    assert before <= shared() <= after
    assert 9 * SECOND < shared() - after <= 10 * SECOND
