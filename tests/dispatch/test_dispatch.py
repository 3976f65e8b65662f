"""A dispatch run settles every delivery, whatever the relay says."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable

import pytest
from publication import NOON, Bench
from runs import after, counts, run_of

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import control
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Blame, Deferred, Outcome, Rejected, Reply, Uncertain
from mailer.sender.memory import MemoryTransport
from subscribers.model import Consent, SubscriptionStatus

pytestmark = pytest.mark.both_databases
BenchOf = Callable[[int], Bench]


def told(**outcomes: Iterable[Outcome]) -> MemoryTransport:
    return MemoryTransport({f"{name}@example.org": said for name, said in outcomes.items()})


def test_every_reader_gets_one_copy(bench_of: BenchOf) -> None:
    """120 readers over three shards and four lanes: 120 copies, each to another address."""
    bench, transport = bench_of(120), MemoryTransport()
    bench.plan()
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 120}
    assert len({envelope.recipient for envelope in transport.envelopes}) == 120
    assert len(transport.envelopes) == 120


def test_a_second_run_of_a_sent_dispatch_sends_nothing(bench_of: BenchOf) -> None:
    """The ledger knows."""
    bench = bench_of(3)
    bench.plan()
    asyncio.run(run_of(bench, MemoryTransport()).run())
    again = MemoryTransport()
    asyncio.run(run_of(bench, again, "bob").run())
    assert again.envelopes == []


def test_two_runs_at_once_share_the_work(bench_of: BenchOf) -> None:
    """Nobody gets two copies, and both end when all is settled."""
    bench, transport = bench_of(300), MemoryTransport()
    bench.plan()

    async def both() -> None:
        runs = (run_of(bench, transport, name).run() for name in ("ann", "bob"))
        await asyncio.gather(*runs)

    asyncio.run(both())
    assert counts(bench) == {State.SENT: 300}
    assert len({envelope.recipient for envelope in transport.envelopes}) == 300
    assert len(transport.envelopes) == 300


def test_a_refused_recipient_fails_alone(bench_of: BenchOf) -> None:
    """The others go on."""
    bench = bench_of(3)
    bench.plan()
    transport = told(reader2=[Rejected(Reply(550, "5.1.1", "no such user"))])
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 2, State.FAILED: 1}


def test_a_temporary_refusal_is_tried_again_later(bench_of: BenchOf) -> None:
    """Not in this run, but in one after its time has come."""
    bench = bench_of(1)
    bench.plan()
    transport = told(reader1=[Deferred(Reply(451, "4.7.1", "greylisted"))])
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.DEFERRED: 1}
    asyncio.run(run_of(bench, transport, "bob", NOON + dt.timedelta(minutes=4)).run())
    assert counts(bench) == {State.DEFERRED: 1}
    asyncio.run(run_of(bench, transport, "eve", NOON + dt.timedelta(minutes=7)).run())
    assert counts(bench) == {State.SENT: 1}


def test_the_message_id_is_the_same_on_every_attempt(bench_of: BenchOf) -> None:
    """A reader who gets an attempt twice all the same sees one message (RFC 5322 §3.6.4)."""
    bench = bench_of(1)
    bench.plan()
    transport = told(reader1=[Deferred(Reply(451, "", "later"))])
    asyncio.run(run_of(bench, transport).run())
    asyncio.run(run_of(bench, transport, "bob", NOON + dt.timedelta(hours=1)).run())
    ids = {
        line
        for envelope in transport.offered
        for line in envelope.body.split(b"\r\n")
        if line.startswith(b"Message-ID:")
    }
    assert len(transport.offered) == 2
    assert len(ids) == 1


def test_no_answer_after_the_dot_is_uncertain_and_not_sent_again(bench_of: BenchOf) -> None:
    """Only the editor has it sent again."""
    bench = bench_of(1)
    bench.plan()
    transport = told(reader1=[Uncertain(Reply(0, "", "connection lost"))])
    asyncio.run(run_of(bench, transport).run())
    asyncio.run(run_of(bench, transport, "bob").run())
    assert counts(bench) == {State.UNCERTAIN: 1}
    assert transport.envelopes == []


def test_a_fault_of_ours_pauses_the_dispatch_and_fails_nobody(bench_of: BenchOf) -> None:
    """The reason is kept; after `resume` all get their copy."""
    bench = bench_of(200)
    bench.plan()
    fault = Rejected(Reply(550, "5.7.1", "not authorised"), Blame.OURS)
    transport = told(**{f"reader{n}": [fault] for n in range(1, 201)})
    asyncio.run(run_of(bench, transport).run())
    found = after(bench)
    assert found.state is DispatchState.PAUSED
    assert "not authorised" in found.reason
    assert found.counts[State.FAILED] == found.counts[State.SENT] == 0
    assert found.counts[State.PLANNED] > 150
    with bench.database.write() as c:
        control.resume(c, 1, "ann")
    later = NOON + dt.timedelta(hours=1)  # those that met the refusal wait a little
    asyncio.run(run_of(bench, MemoryTransport(), "bob", later).run())
    assert counts(bench) == {State.SENT: 200}


def test_a_reader_who_left_since_planning_gets_nothing(bench_of: BenchOf) -> None:
    """Unsubscribed after planning: skipped, with the reason."""
    bench, transport = bench_of(2), MemoryTransport()
    bench.plan()
    bench.store.unsubscribe("reader1@example.org", None, "test", NOON)
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 1, State.SKIPPED: 1}
    assert [envelope.recipient for envelope in transport.envelopes] == ["reader2@example.org"]


def test_an_unreachable_relay_is_told_and_leaves_all_as_planned(bench_of: BenchOf) -> None:
    """Nothing is taken before a first connection stands."""
    bench, transport = bench_of(2), MemoryTransport()
    bench.plan()
    transport.fault = RelayUnavailable("smtp://localhost:1: connection refused")
    with pytest.raises(RelayUnavailable, match="refused"):
        asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.PLANNED: 2}


def test_a_refused_login_pauses_the_dispatch(bench_of: BenchOf) -> None:
    """Trying again at once would only lock the account."""
    bench, transport = bench_of(2), MemoryTransport()
    bench.plan()
    transport.fault = RelayRefused("smtp://relay: login refused")
    with pytest.raises(RelayRefused, match="login"):
        asyncio.run(run_of(bench, transport).run())
    assert after(bench).state is DispatchState.PAUSED
    assert counts(bench) == {State.PLANNED: 2}


def test_a_stopped_run_leaves_the_rest_for_the_next(bench_of: BenchOf) -> None:
    """ctrl-C: what is on the wire ends, the rest stays planned, the same command goes on."""
    bench, transport = bench_of(200), MemoryTransport()
    bench.plan()
    run = run_of(bench, transport)

    async def stopped() -> None:
        task = asyncio.create_task(run.run())
        while len(transport.envelopes) < 10:
            await asyncio.sleep(0)
        run.stop()
        await task

    asyncio.run(stopped())
    first = counts(bench)
    assert first.keys() == {State.SENT, State.PLANNED}
    asyncio.run(run_of(bench, transport, "bob").run())
    assert counts(bench) == {State.SENT: 200}
    assert len(transport.envelopes) == 200


def test_a_copy_over_what_the_relay_takes_fails_alone(bench_of: BenchOf) -> None:
    """A local part outside ASCII needs SMTPUTF8; the others go on."""
    bench = bench_of(1)
    bench.store.add(
        "søren@example.org",
        "monthly",
        {},
        Consent("a test", "yes"),
        SubscriptionStatus.CONFIRMED,
        NOON,
    )
    bench.plan()
    transport = MemoryTransport({"søren@example.org": [Rejected(Reply(553, "5.6.7", "no"))]})
    asyncio.run(run_of(bench, transport).run())
    assert counts(bench) == {State.SENT: 1, State.FAILED: 1}
