"""Several senders of one dispatch: what an editor says to it, all of them heed at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import NOON, Bench
from runs import after, run_of

from mailer.ledger import control
from mailer.model.delivery import DispatchState, State
from mailer.sender.memory import MemoryLane, MemoryTransport
from mailer.sender.transport import Client, Lane

BenchOf = Callable[[int], Bench]
SENDERS = ("ann", "bob", "eve")
CONNECTIONS = 4  # of each


class PacedLane(MemoryLane):
    """Takes its time for each copy."""

    def hand_over(self) -> None:
        asyncio.get_running_loop().call_later(0.02, self._answer, self._offered.popleft())


class PacedTransport(MemoryTransport):
    async def open(self, client: Client) -> Lane:
        return PacedLane(self, client)


def pause(c: sa.Connection) -> None:
    control.pause(c, 1, "by the editor", "ed")


def cancel(c: sa.Connection) -> None:
    control.cancel(c, 1, NOON, "ed")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("say", "state", "left"),
    [
        (pause, DispatchState.PAUSED, State.PLANNED),
        (cancel, DispatchState.CANCELLED, State.SKIPPED),
    ],
)
def test_all_senders_heed_it_from_the_next_copy_on(
    bench_of: BenchOf,
    say: Callable[[sa.Connection], None],
    state: DispatchState,
    left: State,
) -> None:
    """Each is in the middle of its work; what is on the wire ends as it ends."""
    bench = bench_of(600)
    bench.plan()
    transports = [PacedTransport(lanes=CONNECTIONS) for _ in SENDERS]

    def sent() -> int:
        return sum(len(transport.envelopes) for transport in transports)

    async def scene() -> int:
        runs = [
            asyncio.create_task(run_of(bench, transport, name).run())
            for name, transport in zip(SENDERS, transports, strict=True)
        ]
        while not all(len(transport.envelopes) > 2 * CONNECTIONS for transport in transports):
            await asyncio.sleep(0.01)
        with bench.database.write() as c:
            say(c)
        until_then = sent()
        await asyncio.gather(*runs)
        return sent() - until_then

    assert asyncio.run(scene()) <= len(SENDERS) * CONNECTIONS
    ended = after(bench)
    assert ended.state is state
    assert ended.counts[left] > 0
    assert ended.counts[State.SENT] == sent()
    assert ended.counts[left] + ended.counts[State.SENT] == ended.total
