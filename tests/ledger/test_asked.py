"""What is counted for all processes together, by window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import NOON, Bench

from mailer.ledger import asked
from mailer.ledger.schema import budget_uses

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.both_databases
def test_a_window_begins_anew_and_forgets_the_one_before(
    bench_of: Callable[[int], Bench],
) -> None:
    """Of its own length, under whatever name."""
    with bench_of(0).database.write() as c:
        assert [asked.count(c, "a", HOUR, NOON) for _ in range(3)] == [1, 2, 3]
        assert asked.count(c, "b", HOUR, NOON + HOUR / 2) == 1
        assert asked.count(c, "a", DAY, NOON) == 1
        assert asked.count(c, "b", HOUR, NOON + HOUR) == 1
        assert asked.count(c, "a", DAY, NOON + HOUR) == 2
        kept = c.execute(sa.select(budget_uses.c.name, budget_uses.c.used)).all()
    assert sorted(map(tuple, kept)) == [("a", 2), ("b", 1)]
