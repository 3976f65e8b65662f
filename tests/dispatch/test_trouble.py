"""A dispatch run in trouble: connections, relays, databases and readers that go away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from publication import NOON, Bench
from runs import after, counts, run_of

from mailer.database import Database
from mailer.errors import DatabaseBusy, MailerError, RelayError, RelayRefused, RelayUnavailable
from mailer.ledger import control, shards
from mailer.ledger.liveness import FileLiveness
from mailer.model.delivery import DispatchState, Envelope, State
from mailer.model.outcome import Blame, Outcome, Rejected, Reply
from mailer.model.slot import Slot
from mailer.sender.memory import MemoryTransport
from mailer.sender.transport import Lane, Ready

BenchOf = Callable[[int], Bench]


class Fragile(MemoryTransport):
    """Each lane loses its connection after `patience` copies; opening one fails once `budget`
    copies were taken in all."""

    def __init__(self, patience: int, budget: int = 10**6, fault: RelayError | None = None) -> None:
        super().__init__()
        self.patience = patience
        self.budget = budget
        self.later = fault or RelayUnavailable("relay: connection lost")

    async def open(self) -> Lane:
        if len(self.envelopes) >= self.budget:
            raise self.later
        return FragileLane(self)


class FragileLane:
    def __init__(self, transport: Fragile) -> None:
        self._transport = transport
        self._left = transport.patience

    async def submit(self, envelope: Envelope, ready: Ready) -> Outcome:
        if self._left == 0:
            raise self._transport.later
        self._left -= 1
        assert await ready()
        return self._transport.take(envelope)

    async def close(self) -> None:
        """Nothing to say."""


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


def test_a_database_locked_in_mid_run_stops_it_and_loses_nothing(
    bench_of: BenchOf, tmp_path: Path
) -> None:
    """What was on the wire is uncertain, the rest is sent by the next run, nobody twice."""
    bench, transport = bench_of(120), MemoryTransport()
    bench.plan()
    patient = bench.database
    bench.database = Database(str(patient.url), busy_seconds=0.05)
    ann = FileLiveness(patient.path, "ann")
    other = sqlite3.connect(tmp_path / "mailer.db", isolation_level=None, check_same_thread=False)

    async def locked() -> None:
        task = asyncio.create_task(run_of(bench, transport, ann).run())
        while len(transport.envelopes) < 20:
            await asyncio.sleep(0)
        other.execute("BEGIN IMMEDIATE")
        await task

    with pytest.raises((DatabaseBusy, MailerError), match="locked by another program"):
        asyncio.run(locked())
    other.execute("ROLLBACK")
    other.close()
    ann.close()
    bench.database = patient
    asyncio.run(run_of(bench, transport, "bob", NOON).run())
    found = counts(bench)
    assert found.keys() <= {State.SENT, State.UNCERTAIN}
    assert found.get(State.UNCERTAIN, 0) <= transport.lanes
    assert set(received(transport).values()) == {1}


def test_the_lost_relay_of_an_only_reader_is_told(bench_of: BenchOf) -> None:
    """Fewer copies than connections: the trouble is raised all the same."""
    bench, transport = bench_of(1), Fragile(patience=0)
    transport.budget = 0
    first = transport.open

    async def once() -> Lane:
        transport.open = first  # type: ignore[method-assign]
        return FragileLane(transport)

    transport.open = once  # type: ignore[method-assign]
    bench.plan()
    with pytest.raises(RelayUnavailable, match="connection lost"):
        asyncio.run(run_of(bench, transport).run())
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
        async def open(self) -> Lane:
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
    ann = FileLiveness(bench.database.path, "ann")
    with bench.database.write() as c:
        assert shards.take(c, 1, ann, NOON) is not None
        control.pause(c, 1, "wait")
    asyncio.run(run_of(bench, MemoryTransport(), "bob").run())
    assert counts(bench) == {State.PLANNED: 60}
    ann.close()


def test_who_waits_for_another_sender_is_told(bench_of: BenchOf) -> None:
    """Once, and the run goes on when the other is gone."""
    bench, transport = bench_of(60), MemoryTransport()
    bench.plan()
    ann = FileLiveness(bench.database.path, "ann")
    with bench.database.write() as c:
        shards.take(c, 1, ann, NOON)
    told: list[str] = []

    def notice(line: str) -> None:
        told.append(line)
        ann.close()

    asyncio.run(run_of(bench, transport, "bob", notice=notice).run())
    assert told == ["waiting for another sender of this dispatch"]
    assert counts(bench) == {State.SENT: 60}
