"""The shards that a run has in hand, without a run."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from publication import NOON, Bench

from mailer.errors import DatabaseBusy, DatabaseError
from mailer.ledger import shards
from mailer.ledger.shards import Grip
from mailer.sender.hand import Hand, Taker
from mailer.sender.hands import Hands
from mailer.sender.supply import FromLedger

NOBODY: Any = None  # who is not asked here


class InTrouble:
    """A taker whose database fails so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def read(self, grip: Grip) -> Hand:
        self.times -= 1
        if self.times >= 0:
            raise DatabaseBusy("busy")
        return Hand(grip, deque(), {})


@pytest.mark.parametrize("closed", [False, True])
def test_a_database_that_fails_while_a_shard_is_read_is_waited_for(closed: bool) -> None:
    """Unless nothing more is wanted."""
    taker: Any = InTrouble(3)
    hands = Hands(taker, NOBODY, 0.0, lambda: None)
    hands.closed = closed
    reading = hands._read(Grip(1, 1, 1, 5, "ann", 1))
    if closed:
        with pytest.raises(DatabaseError):
            asyncio.run(reading)
    else:
        assert asyncio.run(reading).grip.owner == "ann"


def test_a_take_that_was_not_kept_is_made_anew(bench_of: Callable[[int], Bench]) -> None:
    """Another sender may have that shard by now. One that was kept, and not heard of, is the same
    when it is asked for again."""
    bench = bench_of(100)
    bench.plan()
    ann, bob = bench.liveness("ann"), bench.liveness("bob")
    take = Taker(FromLedger(1), 1, bench.database, ann, NOBODY, lambda: NOON).next()
    with suppress(DatabaseBusy), bench.database.write() as c:
        assert take(c) == Grip(1, 1, 1, 50, "ann", 1)
        raise DatabaseBusy("nobody answers")
    with bench.database.write() as c:
        assert shards.take(c, 1, 1, bob, NOON) == Grip(1, 1, 1, 50, "bob", 1)
        kept = take(c)
    with bench.database.write() as c:
        assert take(c) == kept == Grip(1, 2, 51, 100, "ann", 1)
    for sender in (ann, bob):
        sender.close()
