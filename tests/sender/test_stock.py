"""The stock of a run, without a run."""

from __future__ import annotations

from collections import deque
from typing import Any

from mailer.ledger.shards import Due, Grip
from mailer.model.delivery import State
from mailer.sender.hand import Hand
from mailer.sender.stock import Stock

NOBODY: Any = None  # who is not asked here


def test_a_shard_that_is_lost_is_let_go_whole() -> None:
    """Also what waits for its domain: nobody is to wait on behalf of another sender."""
    stock = Stock(NOBODY, NOBODY, NOBODY, 8, 0.1, lambda: None, lambda _line: None)
    due = [Due(seq, State.PLANNED, 0, seq, bytes(16)) for seq in range(1, 6)]
    hand = Hand(Grip(1, 1, 1, 5, "ann", 1), deque(due), {})
    on_the_wire = hand.take(1, None)
    for waiting in hand.take(2, None):
        hand.put_aside(waiting)
    assert (hand.unsettled, hand.set_aside) == (5, 2)
    stock.discard(hand)
    assert (hand.unsettled, hand.set_aside) == (len(on_the_wire), 0)
