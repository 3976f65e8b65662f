"""The memory transport does as it is told."""

from __future__ import annotations

import asyncio

import pytest
from sender.talk import Copies, Witness, carry

from mailer.errors import RelayUnavailable
from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome, Rejected, Reply, Sent, Uncertain
from mailer.sender.memory import MemoryTransport

COPY = Envelope("news@example.org", "ada@example.org", b"Subject: hello\r\n\r\n")


def test_told_outcomes_come_in_turn_and_then_all_is_well() -> None:
    """Only what was sent counts as arrived; every attempt is kept beside it."""
    told: list[Outcome] = [
        Deferred(Reply(451, "", "later")),
        Uncertain(Reply(0, "", "gone")),
        Rejected(Reply(550, "5.1.1", "unknown")),
    ]
    transport = MemoryTransport({"ada@example.org": told})

    work = Copies(*[COPY] * 4)
    asyncio.run(carry(transport, work))
    *before, last = work.outcomes
    assert before == told
    assert isinstance(last, Sent)
    assert transport.envelopes == [COPY]
    assert transport.offered == [COPY] * 4


def test_a_fault_keeps_lanes_from_opening() -> None:
    """… until it is taken away."""
    transport = MemoryTransport(lanes=2)
    transport.fault = RelayUnavailable("memory: away: wait")
    with pytest.raises(RelayUnavailable, match="away"):
        asyncio.run(transport.open(Witness()))
    transport.fault = None
    asyncio.run(transport.open(Witness()))
    assert transport.lanes == 2
