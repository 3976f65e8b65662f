"""A dispatch run in trouble: connections, relays, databases and readers that go away."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from postgresql import Server
from publication import NOON, Bench
from runs import after, counts, run_of
from unanswered import COPIES, SHARDS, unanswered

from mailer.database import Database
from mailer.errors import MailerError, RelayError, RelayRefused, RelayUnavailable
from mailer.ledger import control, shards
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Blame, Outcome, Rejected, Reply
from mailer.model.slot import Slot
from mailer.sender.dispatch import DispatchRun
from mailer.sender.memory import MemoryLane, MemoryTransport
from mailer.sender.transport import Client, Lane, Loss

BenchOf = Callable[[int], Bench]


class Fragile(MemoryTransport):
    """Each lane loses its connection after `patience` copies; opening one fails once `budget`
    copies were taken in all."""

    def __init__(self, patience: int, budget: int = 10**6, fault: RelayError | None = None) -> None:
        super().__init__()
        self.patience = patience
        self.budget = budget
        self.later = fault or RelayUnavailable("relay: connection lost")

    async def open(self, client: Client) -> Lane:
        if len(self.envelopes) >= self.budget:
            raise self.later
        return FragileLane(self, client)


class FragileLane(MemoryLane):
    """The connection ends together with the answer to its last copy."""

    def __init__(self, transport: Fragile, client: Client) -> None:
        super().__init__(transport, self)
        self._behind = client
        self._left = transport.patience

    def settled(self, outcome: Outcome) -> None:
        self._left -= 1
        self.good = self._left > 0
        self._behind.settled(outcome)
        if not self.good:
            self._behind.lost(Loss(None, again=False))

    def lost(self, loss: Loss) -> None:
        raise AssertionError("a list is not lost")


def received(transport: MemoryTransport) -> Counter[str]:
    return Counter(envelope.recipient for envelope in transport.envelopes)


def test_a_lost_connection_is_opened_anew(bench_of: BenchOf) -> None:
    """The copy that was next goes out over the new one."""
    bench, transport = bench_of(120), Fragile(patience=7)
    bench.plan()
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 120}
    assert set(received(transport).values()) == {1}


def test_a_relay_that_stays_away_ends_the_run_with_the_rest_planned(bench_of: BenchOf) -> None:
    """After each lane's patience; the next run sends the rest."""
    bench, transport = bench_of(120), Fragile(patience=5, budget=40)
    bench.plan()
    with pytest.raises(RelayUnavailable, match="connection lost"):
        asyncio.run(run_of(bench, transport).run())
    sent = len(transport.envelopes)
    assert counts(bench) == {State.SENT: sent, State.PLANNED: 120 - sent}
    transport.budget = 10**6
    asyncio.run(run_of(bench, transport, "bob").run())
    assert counts(bench) == {State.SENT: 120}
    assert set(received(transport).values()) == {1}


def test_a_relay_that_refuses_us_in_mid_run_pauses_the_dispatch(bench_of: BenchOf) -> None:
    """Nobody fails for it."""
    refused = RelayRefused("relay: login refused")
    bench, transport = bench_of(120), Fragile(patience=5, budget=40, fault=refused)
    bench.plan()
    with pytest.raises(RelayRefused, match="login"):
        asyncio.run(run_of(bench, transport).run())
    assert after(bench).state is DispatchState.PAUSED
    assert counts(bench).keys() == {State.SENT, State.PLANNED}


def test_a_slot_without_a_value_fails_that_copy_alone(bench_of: BenchOf) -> None:
    """The reason names the slot; the reader who has a value gets the copy."""
    bench = bench_of(2)
    with bench.database.write() as c:
        c.exec_driver_sql(
            "UPDATE subscribers SET attributes = ? WHERE email = ?",
            ('{"city": "Riga"}', "reader1@example.org"),
        )
    bench.plan(text=("A letter to the readers in ", Slot("city"), ", as every month.\n"))
    transport = MemoryTransport()
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 1, State.FAILED: 1}
    assert b"Riga" in transport.envelopes[0].body


def test_a_value_that_is_gone_by_then_gives_way_to_the_default(bench_of: BenchOf) -> None:
    """It was there when the dispatch was planned; the copy is made with what is there now."""
    bench = bench_of(1)
    change = "UPDATE subscribers SET attributes = ?"
    with bench.database.write() as c:
        c.exec_driver_sql(change, ('{"first_name": "Ann"}',))
    bench.plan()
    with bench.database.write() as c:
        c.exec_driver_sql(change, ("{}",))
    transport = MemoryTransport()
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 1}
    assert b"<p>Hello=20=\r\nreader" in transport.envelopes[0].body
    assert b"Ann" not in transport.envelopes[0].body


def test_a_reader_who_is_gone_is_skipped(bench_of: BenchOf) -> None:
    """Erased since planning: the row is there no more."""
    bench, transport = bench_of(2), MemoryTransport()
    bench.plan()
    with bench.database.write() as c:
        c.exec_driver_sql("DELETE FROM consent_events WHERE subscription_id = 1")
        c.exec_driver_sql("DELETE FROM subscriptions WHERE id = 1")
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 1, State.SKIPPED: 1}
    assert received(transport) == {"reader2@example.org": 1}


@contextmanager
def locked_after(bench: Bench, transport: MemoryTransport, copies: int) -> Iterator[Lock]:
    """A database that somebody else locks once so many copies were sent, for as long as they
    like; the sender is told after a moment."""
    patient = bench.database
    bench.database = Database(str(patient.url), busy_seconds=0.05)
    lock = Lock(bench.database.path, transport, copies)
    try:
        yield lock
    finally:
        lock.release()
        lock.connection.close()
        bench.database.close()
        bench.database = patient


class Lock:
    def __init__(self, path: Path, transport: MemoryTransport, copies: int) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.told: list[str] = []
        self._transport = transport
        self._copies = copies

    async def around(self, run: DispatchRun, then: Callable[[], None]) -> None:
        """Run, with the lock on it from then on; `then` is called when the sender was told."""
        task = asyncio.create_task(run.run())
        while len(self._transport.envelopes) < self._copies:
            await asyncio.sleep(0)
        self.connection.execute("BEGIN IMMEDIATE")
        while not self.told:
            await asyncio.sleep(0.01)
        then()
        await task

    def release(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


def test_a_database_locked_in_mid_run_is_waited_for(bench_of: BenchOf) -> None:
    """Nothing is begun meanwhile, what came back is kept, and all goes on by itself."""
    bench, transport = bench_of(120), MemoryTransport()
    bench.plan()
    with locked_after(bench, transport, 20) as lock:
        run = run_of(bench, transport, notice=lock.told.append)
        asyncio.run(lock.around(run, lock.release))
    assert "locked by another program" in lock.told[0]
    assert lock.told[1:] == ["the database is back: going on"]
    assert counts(bench) == {State.SENT: 120}
    assert set(received(transport).values()) == {1}


def test_a_send_that_is_stopped_while_the_database_is_locked_loses_nothing(
    bench_of: BenchOf,
) -> None:
    """What was on the wire is uncertain, the rest is sent by the next run, nobody twice."""
    bench, transport = bench_of(120), MemoryTransport()
    bench.plan()
    with locked_after(bench, transport, 20) as lock:
        ann = bench.liveness("ann")
        run = run_of(bench, transport, ann, notice=lock.told.append)
        with pytest.raises(MailerError, match="locked by another program"):
            asyncio.run(lock.around(run, run.stop))
        ann.close()
    asyncio.run(run_of(bench, transport, "bob", NOON).run())
    found = counts(bench)
    assert found.keys() <= {State.SENT, State.UNCERTAIN}
    assert found.get(State.UNCERTAIN, 0) <= transport.lanes
    assert set(received(transport).values()) == {1}


def test_the_lost_relay_of_an_only_reader_is_told(bench_of: BenchOf) -> None:
    """Fewer copies than connections: the trouble is raised all the same."""

    class Once(MemoryTransport):
        """Its only lane is lost before it takes a copy."""

        async def open(self, client: Client) -> Lane:
            if self.fault is not None:
                raise self.fault
            self.fault = RelayUnavailable("relay: connection lost")
            lane = MemoryLane(self, client)
            lane.good = False
            return lane

    bench = bench_of(1)
    bench.plan()
    with pytest.raises(RelayUnavailable, match="connection lost"):
        asyncio.run(run_of(bench, Once()).run())
    assert counts(bench) == {State.PLANNED: 1}


def test_a_policy_refusal_of_one_reader_does_not_stop_the_others(bench_of: BenchOf) -> None:
    """That copy is tried again later, and fails when its attempts are used up."""
    bench = bench_of(60)
    bench.plan()
    refused = Rejected(Reply(550, "5.7.1", "access denied"), Blame.POLICY)
    transport = MemoryTransport({"reader7@example.org": [refused]})
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 59, State.DEFERRED: 1}
    assert after(bench).state is DispatchState.OPEN


def test_a_row_of_policy_refusals_pauses_the_dispatch(bench_of: BenchOf) -> None:
    """Then it is about us, whatever each reply says of its reader."""
    bench = bench_of(60)
    bench.plan()
    refused = Rejected(Reply(550, "5.7.1", "access denied"), Blame.POLICY)
    everybody = {f"reader{n}@example.org": [refused] for n in range(1, 61)}
    asyncio.run(run_of(bench, MemoryTransport(everybody)).run())
    found = after(bench)
    assert found.state is DispatchState.PAUSED
    assert "5 copies in a row were refused by policy" in found.reason
    assert found.counts[State.FAILED] == 0
    assert found.counts[State.PLANNED] > 40


def test_a_stop_cuts_a_connection_that_is_being_made(bench_of: BenchOf) -> None:
    """A relay that does not answer does not hold the editor up; nothing is on its wire."""

    class Silent(MemoryTransport):
        async def open(self, client: Client) -> Lane:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    bench = bench_of(2)
    bench.plan()

    async def stopped() -> None:
        run = run_of(bench, Silent())
        task = asyncio.create_task(run.run())
        await asyncio.sleep(0.01)
        run.stop()
        await task

    asyncio.run(stopped())
    assert counts(bench) == {State.PLANNED: 2}


def test_a_paused_dispatch_is_not_waited_for(bench_of: BenchOf) -> None:
    """Another sender holds a shard of it, and will leave nothing to do."""
    bench = bench_of(60)
    bench.plan()
    ann = bench.liveness("ann")
    with bench.database.write() as c:
        assert shards.take(c, 1, 1, ann, NOON) is not None
        control.pause(c, 1, "wait", "ann")
    asyncio.run(run_of(bench, MemoryTransport(), "bob").run())
    assert counts(bench) == {State.PLANNED: 60}
    ann.close()


def test_who_waits_for_another_sender_is_told(bench_of: BenchOf) -> None:
    """Once, and the run goes on when the other is gone."""
    bench, transport = bench_of(60), MemoryTransport()
    bench.plan()
    ann = bench.liveness("ann")
    with bench.database.write() as c:
        shards.take(c, 1, 1, ann, NOON)
    told: list[str] = []

    def notice(line: str) -> None:
        told.append(line)
        ann.close()

    asyncio.run(run_of(bench, transport, "bob", notice=notice).run())
    assert told == ["waiting for another sender of this dispatch"]
    assert counts(bench) == {State.SENT: 60}


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@pytest.mark.parametrize("of", [COPIES, SHARDS], ids=["copies", "shards"])
def test_a_commit_that_nobody_heard_of_puts_no_copy_in_doubt(
    bench_of: BenchOf, postgresql_server: Server, opened: Callable[[str], Database], of: bytes
) -> None:
    """Results and marks are there, or they are not, and a shard is taken or it is not: who asks
    again is told which. Each reader gets one copy, and it is sent."""
    bench, transport = bench_of(500), MemoryTransport()
    bench.plan()
    url = bench.database.url.render_as_string(hide_password=False)
    with unanswered(postgresql_server, url, 3, of) as (by_line, line):
        here = dataclasses.replace(bench, database=opened(by_line))
        asyncio.run(run_of(here, transport).run())
    assert line.lost == 3
    assert counts(bench) == {State.SENT: 500}
    assert set(received(transport).values()) == {1}
