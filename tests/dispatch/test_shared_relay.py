"""A relay that takes so many connections from all senders together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from publication import Bench
from runs import HASTY, counts, run_of

from mailer.model.delivery import State
from mailer.sender.dispatch import DispatchRun
from mailer.sender.memory import MemoryLane, MemoryTransport
from mailer.sender.route import Route
from mailer.sender.transport import Client, Lane

BenchOf = Callable[[int], Bench]
IN_ALL = 6
COPIES = 1_500  # so many that a second sender finds the first at work
PACE = replace(HASTY, share=0.01)


@dataclass
class Counter:
    """The connections that are open at a time, of each sender."""

    open: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    most_in_all: int = 0

    def move(self, sender: str, by: int) -> None:
        self.open[sender] = self.open.get(sender, 0) + by
        self.most[sender] = max(self.most.get(sender, 0), self.open[sender])
        self.most_in_all = max(self.most_in_all, sum(self.open.values()))


class CountedLane(MemoryLane):
    """Takes its time for each copy."""

    def __init__(self, transport: CountedTransport, client: Client) -> None:
        super().__init__(transport, client)
        self._counted = transport

    def hand_over(self) -> None:
        asyncio.get_running_loop().call_later(0.005, self._answer, self._offered.popleft())

    async def close(self) -> None:
        if self.good:
            self._counted.connections.move(self._counted.sender, -1)
        await super().close()


class CountedTransport(MemoryTransport):
    def __init__(self, sender: str, connections: Counter) -> None:
        super().__init__(lanes=IN_ALL)
        self.sender = sender
        self.connections = connections

    async def open(self, client: Client) -> Lane:
        self.connections.move(self.sender, 1)
        return CountedLane(self, client)


def sender(bench: Bench, name: str, connections: Counter, in_all: int = IN_ALL) -> DispatchRun:
    transport = CountedTransport(name, connections)
    routes = [Route("relay", transport, in_all=in_all)]
    return run_of(bench, transport, name, routes=routes, pace=PACE)


def places(bench: Bench) -> int:
    with bench.database.read() as c:
        return len(c.exec_driver_sql("SELECT * FROM places").all())


@pytest.mark.both_databases
def test_two_senders_never_have_more_than_the_relay_takes(bench_of: BenchOf) -> None:
    """The first has all until the second comes; then each has its half; in the end none is kept."""
    bench, connections = bench_of(COPIES), Counter()
    bench.plan()

    async def scene() -> None:
        first = asyncio.create_task(sender(bench, "ann", connections).run())
        while connections.open.get("ann", 0) < IN_ALL:
            await asyncio.sleep(0.005)
        second = asyncio.create_task(sender(bench, "bob", connections).run())
        while connections.open.get("bob", 0) < IN_ALL // 2 and not second.done():
            await asyncio.sleep(0.005)
        await asyncio.gather(first, second)

    asyncio.run(scene())
    assert counts(bench) == {State.SENT: COPIES}
    assert connections.most_in_all == IN_ALL
    assert connections.most["bob"] >= IN_ALL // 2
    assert sum(connections.open.values()) == places(bench) == 0


def test_who_finds_no_place_leaves_the_work_to_the_others(bench_of: BenchOf) -> None:
    """It says so, and holds no shard meanwhile."""
    bench, connections = bench_of(150), Counter()
    bench.plan()
    told: list[str] = []

    async def scene() -> None:
        first = asyncio.create_task(sender(bench, "ann", connections, in_all=1).run())
        while not connections.open:
            await asyncio.sleep(0.005)
        transport = CountedTransport("bob", connections)
        routes = [Route("relay", transport, in_all=1)]
        await run_of(bench, transport, "bob", routes=routes, pace=PACE, notice=told.append).run()
        assert not first.done()
        await first

    asyncio.run(scene())
    assert told == ["relay: other senders have all of its connections"]
    assert counts(bench) == {State.SENT: 150}
    assert connections.most == {"ann": 1}


def test_what_a_dead_sender_held_is_free_again(bench_of: BenchOf) -> None:
    bench, connections = bench_of(20), Counter()
    bench.plan()
    with bench.database.write() as c:
        c.exec_driver_sql("INSERT INTO places VALUES ('relay', 'gone', 6, 6)")
    asyncio.run(sender(bench, "ann", connections).run())
    assert connections.most == {"ann": IN_ALL}
    assert places(bench) == 0
