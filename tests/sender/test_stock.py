"""The stock of a run, without a run."""

from __future__ import annotations

from collections import deque
from itertools import cycle
from typing import Any

from mailer.ledger.shards import Due, Grip
from mailer.model.delivery import Envelope, State
from mailer.sender.hand import DueCopy, Hand
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


class Blinking:
    """A domain that opens and closes between one question and the next, as one with a rate does."""

    by_domain = True
    patience = 1.0

    def __init__(self, *answers: bool) -> None:
        self._answers = cycle(answers)

    def open_to(self, domain: str) -> bool:
        return next(self._answers)

    def opens_in(self, domain: str) -> float:
        return 0.0


def test_a_copy_whose_domain_opens_meanwhile_stays_in_hand() -> None:
    """Ready or set aside, whatever it is told and when: else the run would wait for it for ever."""
    for answers in ((False, True), (True, False)):
        stock = Stock(NOBODY, NOBODY, NOBODY, 8, 0.1, lambda: None, lambda _line: None)
        stock.tell_apart(Blinking(*answers))
        dues = [Due(seq, State.PLANNED, 0, seq, bytes(16)) for seq in range(1, 4)]
        hand = Hand(Grip(1, 1, 1, 3, "ann", 1), deque(dues), {})
        for due in hand.take(3, None):
            envelope = Envelope("b@example.org", "ann@slow.example", b"x")
            stock.put_back(DueCopy(hand, due, envelope))
        assert stock.take(lambda _domain: False) is None
        ready = 0
        while stock.take() is not None:
            ready += 1
        assert ready + hand.set_aside == hand.unsettled == 3
