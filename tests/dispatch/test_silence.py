"""A sender that hears nothing of its relay while another one does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from publication import Bench
from runs import HASTY, counts, run_of

from mailer.ledger.schema import shards
from mailer.model.delivery import State
from mailer.model.outcome import Reply, Uncertain
from mailer.sender.memory import MemoryLane, MemoryTransport
from mailer.sender.transport import Client, Lane, Loss

pytestmark = pytest.mark.both_databases

READERS = 300
ATTENTIVE = replace(HASTY, silence=0.2, idle=0.1)
LOST = Reply(0, "", "the connection was lost")


class Deaf(MemoryTransport):
    """It takes copies; its answers are on their way until `mend`, or until `end` for good."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []
        self._lanes: list[DeafLane] = []
        self._mended = False

    async def open(self, client: Client) -> Lane:
        self._lanes.append(DeafLane(self, client))
        return self._lanes[-1]

    def later(self, answer: Callable[[], None]) -> None:
        if self._mended:
            asyncio.get_running_loop().call_soon(answer)
        else:
            self.waiting.append(answer)

    def mend(self) -> None:
        self._mended = True
        for answer in self.waiting:
            answer()

    def end(self) -> None:
        for lane in self._lanes:
            lane.end()


class DeafLane(MemoryLane):
    def __init__(self, transport: Deaf, client: Client) -> None:
        super().__init__(transport, client)
        self._deaf = transport
        self._waits = False  # for an answer

    def hand_over(self) -> None:
        self._waits = True
        envelope = self._offered.popleft()
        self._deaf.later(lambda: self._answer(envelope))

    def end(self) -> None:
        if self._waits:
            self.drop()
            self._client.settled(Uncertain(LOST))
            self._client.lost(Loss(None, again=False))


def held(bench: Bench) -> set[str]:
    with bench.database.read() as c:
        return set(c.scalars(sa.select(shards.c.owner).where(shards.c.owner.is_not(None))))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


def taken(*transports: MemoryTransport) -> Counter[str]:
    return Counter(each.recipient for one in transports for each in one.envelopes)


@pytest.fixture
def bench(bench_of: Callable[[int], Bench]) -> Bench:
    made = bench_of(READERS)
    made.plan()
    return made


def test_the_others_have_all_but_what_is_on_the_wire(bench: Bench) -> None:
    """What is on the wire is in doubt, until its answers come after all."""
    deaf, well, told = Deaf(), MemoryTransport(), list[str]()

    async def scene() -> None:
        ann = run_of(bench, deaf, "ann", notice=told.append, pace=ATTENTIVE)
        one = asyncio.create_task(ann.run())
        await until(lambda: "ann" in held(bench))
        await until(lambda: not held(bench))
        other = asyncio.create_task(run_of(bench, well, "bob", pace=HASTY).run())
        await until(lambda: counts(bench).get(State.PLANNED, 0) == 0)
        await other
        in_doubt = len(deaf.waiting)
        assert counts(bench) == {State.SENT: READERS - in_doubt, State.UNCERTAIN: in_doubt}
        deaf.mend()
        await one

    asyncio.run(scene())
    assert told[0].startswith("no relay has said a word for 0.2 s")
    assert counts(bench) == {State.SENT: READERS}
    assert taken(deaf, well) == Counter(f"reader{n}@example.org" for n in range(1, READERS + 1))


def test_one_that_is_heard_again_goes_on_by_itself(bench: Bench) -> None:
    """There is nobody else: it takes what it gave back."""
    deaf = Deaf()

    async def scene() -> None:
        run = asyncio.create_task(run_of(bench, deaf, "ann", pace=ATTENTIVE).run())
        await until(lambda: bool(held(bench)))
        await until(lambda: not held(bench))
        deaf.mend()
        await run

    asyncio.run(scene())
    assert counts(bench) == {State.SENT: READERS}
    assert max(taken(deaf).values()) == 1


def test_one_that_hears_no_more_takes_nothing_more(bench: Bench) -> None:
    """Its run is over with its last connection, and what it had on the wire stays in doubt."""
    deaf = Deaf()

    async def scene() -> None:
        run = asyncio.create_task(run_of(bench, deaf, "ann", pace=ATTENTIVE).run())
        await until(lambda: bool(held(bench)))
        await until(lambda: not held(bench))
        assert 0 < len(deaf.waiting) <= deaf.lanes
        deaf.end()
        await run

    asyncio.run(scene())
    assert held(bench) == set()
    in_doubt = len(deaf.waiting)
    assert counts(bench) == {State.PLANNED: READERS - in_doubt, State.UNCERTAIN: in_doubt}
    assert not taken(deaf)


def test_a_fault_of_ours_in_listening_stops_the_run(bench: Bench) -> None:
    """It is raised once what is on the wire has ended."""
    deaf, told = Deaf(), asyncio.Event()

    def faulty(_line: str) -> None:
        told.set()
        raise RuntimeError("a fault of ours")

    async def scene() -> None:
        run = asyncio.create_task(run_of(bench, deaf, "ann", notice=faulty, pace=ATTENTIVE).run())
        await told.wait()
        await asyncio.sleep(0)
        on_the_wire = len(deaf.waiting)
        deaf.mend()
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await run
        assert counts(bench) == {State.SENT: on_the_wire, State.PLANNED: READERS - on_the_wire}

    asyncio.run(scene())
