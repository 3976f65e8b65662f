"""Several relays, their limits, and those of recipient domains: who gets which copy, and when."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from publication import NOON, Bench, edition
from runs import HASTY, after, counts, run_of

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.ledger import control, correction, editions, rests
from mailer.model.delivery import DispatchState, Envelope, State
from mailer.model.outcome import Deferred, Outcome, Rejected, Reply, Sent
from mailer.ops.provider.process import Provider
from mailer.ops.provider.profile import Profile
from mailer.sender.alarm import Threshold
from mailer.sender.canary import Canary
from mailer.sender.memory import MemoryTransport
from mailer.sender.relay import Relay
from mailer.sender.route import DomainLimits, Route
from mailer.sender.smtp import SmtpTransport
from mailer.sender.throttle.budget import Limits
from mailer.sender.transport import Client, Lane
from subscribers.address import parse
from subscribers.admission import NO_ATTRIBUTES, Entry
from subscribers.model import Consent, ConsentChange

BenchOf = Callable[[int], Bench]
LATER = Deferred(Reply(451, "4.3.0", "try later"))


def real_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Slow(MemoryTransport):
    def take(self, envelope: Envelope) -> Outcome:
        time.sleep(0.003)
        return super().take(envelope)


def recipients(*transports: MemoryTransport) -> Counter[str]:
    return Counter(e.recipient for transport in transports for e in transport.envelopes)


def require_each_once(bench: Bench, *transports: MemoryTransport) -> None:
    assert counts(bench) == {State.SENT: after(bench).total}
    assert set(recipients(*transports).values()) == {1}


def add(bench: Bench, domain: str, count: int) -> None:
    """Readers at a domain."""
    entries = [
        Entry(
            parse(f"p{n}@{domain}"),
            NO_ATTRIBUTES,
            Consent("a test", "yes"),
            ConsentChange.ADDED,
            NOON,
        )
        for n in range(count)
    ]
    bench.store.roster("monthly").admit(entries, NOON)


def paused(c: sa.Connection) -> None:
    control.pause(c, 1, "wait", "ann")


def cancelled(c: sa.Connection) -> None:
    control.cancel(c, 1, NOON, "ann")


def corrected(c: sa.Connection) -> None:
    mended = editions.store(c, edition(title="Mended"), (), NOON)
    correction.correct(c, 1, mended, "ann")


class TestSeveral:
    def test_relays_share_the_work(self, bench_of: BenchOf) -> None:
        """Each takes what it can; nobody gets two copies."""
        bench, main, spare = bench_of(200), MemoryTransport(), MemoryTransport()
        bench.plan()
        asyncio.run(run_of(bench, main, routes=[Route("main", main), Route("spare", spare)]).run())
        require_each_once(bench, main, spare)
        assert min(len(main.envelopes), len(spare.envelopes)) > 20

    def test_weights_are_shares(self, bench_of: BenchOf) -> None:
        """Three to one, whatever the speed of either."""
        bench, main, spare = bench_of(400), MemoryTransport(), MemoryTransport(lanes=20)
        bench.plan()
        routes = [Route("main", main, weight=3), Route("spare", spare, weight=1)]
        asyncio.run(run_of(bench, main, routes=routes).run())
        require_each_once(bench, main, spare)
        assert 70 <= len(spare.envelopes) <= 130

    def test_a_relay_that_cannot_be_reached_is_done_without(self, bench_of: BenchOf) -> None:
        """Its share goes through the other, and the editor is told."""
        bench, main, spare = bench_of(100), MemoryTransport(), MemoryTransport()
        main.fault = RelayUnavailable("main: connection refused")
        bench.plan()
        told: list[str] = []
        routes = [Route("main", main, weight=9), Route("spare", spare, weight=1)]
        asyncio.run(run_of(bench, main, routes=routes, notice=told.append).run())
        require_each_once(bench, spare)
        assert told[0].startswith("main: connection refused; trying again in ")

    def test_a_drained_relay_gets_nothing(self, bench_of: BenchOf) -> None:
        """Not even a connection; the editor is told. Restored, it is one of them again."""
        bench, main, spare = bench_of(60), MemoryTransport(), MemoryTransport()
        main.fault = RelayRefused("nobody was to connect there")
        bench.plan()
        told: list[str] = []
        routes = [Route("main", main, weight=9), Route("spare", spare, weight=1)]
        with bench.database.write() as c:
            rests.drain(c, "main")
        asyncio.run(run_of(bench, main, routes=routes, notice=told.append).run())
        require_each_once(bench, spare)
        assert told == ["main: is drained, and gets nothing (`mailer relay restore`)"]
        main.fault = None
        with bench.database.write() as c:
            assert rests.restore(c, "main")
        bench.plan("2021-02")
        asyncio.run(run_of(bench, main, "bob", routes=routes).run())
        assert len(main.envelopes) > 40

    def test_a_relay_is_drained_under_way(self, bench_of: BenchOf) -> None:
        """What is on the wire there ends; the rest goes through the other, each copy once."""
        bench, main, spare = bench_of(300), Slow(), Slow()
        bench.plan()
        routes = [Route("main", main), Route("spare", spare)]

        async def drained_meanwhile() -> int:
            run = asyncio.create_task(run_of(bench, main, routes=routes).run())
            while len(main.envelopes) < 20:
                await asyncio.sleep(0.01)
            with bench.database.write() as c:
                rests.drain(c, "main")
            await asyncio.sleep(0.3)
            taken = len(main.envelopes)
            await run
            return taken

        taken = asyncio.run(drained_meanwhile())
        require_each_once(bench, main, spare)
        assert len(main.envelopes) == taken < len(spare.envelopes)

    def test_a_relay_is_restored_under_way(self, bench_of: BenchOf) -> None:
        """The run that goes on through the other takes it up again, and ends with it."""
        bench, main, spare = bench_of(300), Slow(), Slow()
        bench.plan()
        with bench.database.write() as c:
            rests.drain(c, "main")

        async def restored_meanwhile() -> None:
            routes = [Route("main", main), Route("spare", spare)]
            run = asyncio.create_task(run_of(bench, main, routes=routes).run())
            while len(spare.envelopes) < 20:
                await asyncio.sleep(0.01)
            assert main.envelopes == []
            with bench.database.write() as c:
                rests.restore(c, "main")
            await run

        asyncio.run(restored_meanwhile())
        require_each_once(bench, main, spare)
        assert main.envelopes

    def test_nobody_waits_for_a_drained_relay_alone(self, bench_of: BenchOf) -> None:
        """Where the other one is given up, the run ends, and what is left waits."""

        class Leaving(MemoryTransport):
            async def open(self, client: Client) -> Lane:
                if self.envelopes:
                    raise RelayUnavailable("spare: connection refused")
                return await super().open(client)

        bench, main, spare = bench_of(30), MemoryTransport(), Leaving(lanes=1)
        bench.plan()
        with bench.database.write() as c:
            rests.drain(c, "main")
        routes = [Route("main", main), Route("spare", spare, per_connection=5)]
        with pytest.raises(RelayUnavailable, match="spare"):
            asyncio.run(run_of(bench, main, routes=routes).run())
        assert counts(bench) == {State.SENT: 5, State.PLANNED: 25}

    def test_where_all_are_drained_copies_wait(self, bench_of: BenchOf) -> None:
        """They stay planned; nobody is blamed."""
        bench, main = bench_of(3), MemoryTransport()
        bench.plan()
        with bench.database.write() as c:
            rests.drain(c, "main")
        asyncio.run(run_of(bench, main, routes=[Route("main", main)]).run())
        assert counts(bench) == {State.PLANNED: 3}

    def test_a_relay_that_comes_back_is_used_again(self, bench_of: BenchOf) -> None:
        """In the same run."""

        class Recovering(MemoryTransport):
            tries = 0

            async def open(self, client: Client) -> Lane:
                self.tries += 1
                if self.tries < 3:
                    raise RelayUnavailable("main: connection refused")
                return await super().open(client)

        class Slow(MemoryTransport):
            async def open(self, client: Client) -> Lane:
                await asyncio.sleep(0.05)
                return await super().open(client)

            def take(self, envelope: Envelope) -> Outcome:
                time.sleep(0.001)
                return super().take(envelope)

        bench, main, spare = bench_of(300), Recovering(), Slow()
        bench.plan()
        asyncio.run(run_of(bench, main, routes=[Route("main", main), Route("spare", spare)]).run())
        require_each_once(bench, main, spare)
        assert main.envelopes

    def test_a_relay_that_refuses_us_is_done_without(self, bench_of: BenchOf) -> None:
        """A wrong login at one of two does not pause the dispatch."""
        bench, main, spare = bench_of(100), MemoryTransport(), MemoryTransport()
        main.fault = RelayRefused("main: login refused")
        bench.plan()
        told: list[str] = []
        routes = [Route("main", main), Route("spare", spare)]
        asyncio.run(run_of(bench, main, routes=routes, notice=told.append).run())
        require_each_once(bench, spare)
        assert told == ["main: login refused; going on without it"]

    def test_when_all_refuse_us_the_dispatch_pauses(self, bench_of: BenchOf) -> None:
        """With the reason; nobody fails for it."""
        bench, main, spare = bench_of(10), MemoryTransport(), MemoryTransport()
        main.fault = spare.fault = RelayRefused("login refused")
        bench.plan()
        routes = [Route("main", main), Route("spare", spare)]
        with pytest.raises(RelayRefused):
            asyncio.run(run_of(bench, main, routes=routes).run())
        assert after(bench).state is DispatchState.PAUSED
        assert counts(bench) == {State.PLANNED: 10}

    def test_one_that_refuses_and_one_that_is_away_may_come_back(self, bench_of: BenchOf) -> None:
        """The dispatch stays open: the same command goes on."""
        bench, main, spare = bench_of(10), MemoryTransport(), MemoryTransport()
        main.fault, spare.fault = RelayRefused("login refused"), RelayUnavailable("away")
        bench.plan()
        routes = [Route("main", main), Route("spare", spare)]
        with pytest.raises(RelayUnavailable, match="away"):
            asyncio.run(run_of(bench, main, routes=routes).run())
        assert after(bench).state is DispatchState.OPEN

    def test_a_relay_that_hangs_up_on_every_copy_is_distrusted(self, bench_of: BenchOf) -> None:
        """A few copies are deferred; the rest goes through the other, not into the same hole."""
        lost = Deferred(Reply(0, "", "the server closed the connection"))

        class Hole(MemoryTransport):
            def take(self, envelope: Envelope) -> Outcome:
                self.offered.append(envelope)
                return lost

        bench, main, spare = bench_of(300), Hole(), MemoryTransport()
        bench.plan()
        asyncio.run(run_of(bench, main, routes=[Route("main", main), Route("spare", spare)]).run())
        found = counts(bench)
        assert found[State.DEFERRED] <= 20
        assert found[State.SENT] == 300 - found[State.DEFERRED]

    def test_a_connection_carries_so_many_copies(self, bench_of: BenchOf) -> None:
        """Then a new one is opened."""

        class Counting(MemoryTransport):
            opened = 0

            async def open(self, client: Client) -> Lane:
                self.opened += 1
                return await super().open(client)

        bench, transport = bench_of(60), Counting(lanes=2)
        bench.plan()
        routes = [Route("relay", transport, per_connection=7)]
        asyncio.run(run_of(bench, transport, routes=routes).run())
        require_each_once(bench, transport)
        assert 9 <= transport.opened <= 11


class TestProvider:
    """Into a server that plays a strict provider."""

    def test_a_relay_with_few_places_gets_no_more_connections_than_it_has(
        self, bench_of: BenchOf
    ) -> None:
        """Each carries a few copies; the others wait for their turn, and no copy is lost."""
        bench = bench_of(150)
        bench.plan()
        profile = Profile(delay=0.002, connections=3, per_connection=6)
        with Provider(profile) as provider:
            relay = Relay("smtp", "127.0.0.1", provider.port, "mailer.test", timeout=10)
            asyncio.run(run_of(bench, SmtpTransport(relay, connections=9)).run())
        assert counts(bench) == {State.SENT: 150}
        assert provider.load.messages == 150
        assert provider.load.refusals["421 4.7.0 too many connections"] < 40

    def test_a_rate_that_nobody_wrote_down_is_learnt(self, bench_of: BenchOf) -> None:
        """Most copies go; what was refused over it comes again later."""
        bench = bench_of(150)
        bench.plan()
        with Provider(Profile(delay=0.002, per_second=40)) as provider:
            relay = Relay("smtp", "127.0.0.1", provider.port, "mailer.test", timeout=10)
            run = run_of(bench, SmtpTransport(relay, connections=5), clock=real_clock)
            asyncio.run(run.run())
        found = counts(bench)
        assert found[State.SENT] == provider.load.messages
        assert found.get(State.DEFERRED, 0) <= 75
        assert sum(found.values()) == found[State.SENT] + found.get(State.DEFERRED, 0)


class TestLimits:
    def test_a_rate_is_kept(self, bench_of: BenchOf) -> None:
        """60 copies at 100 a second take more than half a second."""
        bench, transport = bench_of(60), MemoryTransport()
        bench.plan()
        routes = [Route("relay", transport, limits=Limits(per_second=100))]
        began = time.monotonic()
        asyncio.run(run_of(bench, transport, routes=routes, clock=real_clock).run())
        assert time.monotonic() - began >= 0.59
        require_each_once(bench, transport)

    def test_a_quota_outlives_the_run(self, bench_of: BenchOf) -> None:
        """30 an hour are 30 an hour, however often the command is given; the rest stays planned."""
        bench, transport = bench_of(70), MemoryTransport()
        bench.plan()
        told: list[str] = []
        routes = [Route("relay", transport, limits=Limits(periods={"hour": 30}))]
        pace = replace(HASTY, patience=60)
        for owner in ("ann", "bob"):
            run = run_of(bench, transport, owner, routes=routes, pace=pace, notice=told.append)
            asyncio.run(run.run())
            assert counts(bench) == {State.SENT: 30, State.PLANNED: 40}
        assert told[0].startswith("relay: takes nothing for another 1 h")
        much_later = NOON + dt.timedelta(hours=1, minutes=2)
        run = run_of(bench, transport, "eve", much_later, routes=routes, pace=pace)
        asyncio.run(run.run())
        assert counts(bench) == {State.SENT: 60, State.PLANNED: 10}

    @pytest.mark.parametrize("act", [paused, cancelled, corrected])
    def test_a_run_that_waits_for_a_quota_heeds_the_editor(
        self, bench_of: BenchOf, act: Callable[[sa.Connection], None]
    ) -> None:
        """It ends long before the quota would let it go on, and has said that it waits."""
        bench, transport = bench_of(70), MemoryTransport()
        bench.plan()
        told: list[str] = []
        routes = [Route("relay", transport, limits=Limits(periods={"hour": 30}))]
        pace = replace(HASTY, patience=7200, look=0.01)

        async def scene() -> None:
            run = run_of(bench, transport, routes=routes, pace=pace, notice=told.append)
            waiting = asyncio.create_task(run.run())
            while not told:
                await asyncio.sleep(0.01)
            with bench.database.write() as c:
                act(c)
            await asyncio.wait_for(waiting, 10)

        asyncio.run(scene())
        assert len(transport.envelopes) == 30
        assert told[0].startswith("relay: its limits are used up: the next copies go in 1 h")
        assert len(told) == 1

    def test_two_senders_share_a_quota(self, bench_of: BenchOf) -> None:
        """Also at the same time."""
        bench, transport = bench_of(300), MemoryTransport()
        bench.plan()
        routes = [Route("relay", transport, limits=Limits(periods={"day": 100}))]
        pace = replace(HASTY, patience=60)

        async def both() -> None:
            runs = (
                run_of(bench, transport, name, routes=routes, pace=pace).run()
                for name in ("ann", "bob")
            )
            await asyncio.gather(*runs)

        asyncio.run(both())
        assert counts(bench) == {State.SENT: 100, State.PLANNED: 200}

    def test_a_used_up_relay_leaves_the_rest_to_the_other(self, bench_of: BenchOf) -> None:
        """Whatever their weights."""
        bench, main, spare = bench_of(200), MemoryTransport(), MemoryTransport()
        bench.plan()
        routes = [
            Route("main", main, weight=5, limits=Limits(periods={"day": 50})),
            Route("spare", spare, weight=1),
        ]
        pace = replace(HASTY, patience=60)
        asyncio.run(run_of(bench, main, routes=routes, pace=pace).run())
        require_each_once(bench, main, spare)
        assert len(main.envelopes) == 50

    def test_amazon_says_too_fast(self, bench_of: BenchOf) -> None:
        """The copy is deferred, and the relay is sent fewer a second from then on."""
        throttled = Deferred(Reply(454, "", "Throttling failure: Maximum sending rate exceeded"))

        class Amazon(MemoryTransport):
            def take(self, envelope: Envelope) -> Outcome:
                if len(self.offered) == 30:
                    self.offered.append(envelope)
                    return throttled
                return super().take(envelope)

        bench, transport = bench_of(100), Amazon()
        bench.plan()
        told: list[str] = []
        run = run_of(bench, transport, clock=real_clock, notice=told.append)

        async def scene() -> None:
            task = asyncio.create_task(run.run())
            while not told:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            assert counts(bench)[State.PLANNED] > 0
            run.stop()
            await task

        asyncio.run(scene())
        assert "too fast for this relay" in told[0]
        found = counts(bench)
        assert found[State.DEFERRED] == 1
        assert State.FAILED not in found

    def test_a_quota_of_the_relays_own_is_a_rest(self, bench_of: BenchOf) -> None:
        """Which the next command heeds as well."""
        used_up = Deferred(Reply(454, "", "Throttling failure: Daily message quota exceeded"))
        bench, transport = bench_of(60), MemoryTransport()
        transport = MemoryTransport({f"reader{n}@example.org": [used_up] for n in range(1, 61)})
        bench.plan()
        pace = replace(HASTY, patience=60)
        told: list[str] = []
        asyncio.run(run_of(bench, transport, pace=pace, notice=told.append).run())
        found = counts(bench)
        assert found[State.DEFERRED] <= transport.lanes * 2
        assert found[State.PLANNED] >= 60 - transport.lanes * 2
        tried = len(transport.offered)
        asyncio.run(run_of(bench, transport, "bob", pace=pace).run())
        assert len(transport.offered) == tried


class TestDomains:
    def test_a_domain_gets_so_many_at_a_time(self, bench_of: BenchOf) -> None:
        """While the others are not held up."""
        bench, under_way, most = bench_of(60), 0, 0

        class Watching(MemoryTransport):
            def take(self, envelope: Envelope) -> Outcome:
                nonlocal under_way
                under_way -= envelope.recipient.endswith("@slow.example")
                return super().take(envelope)

            async def open(self, client: Client) -> Lane:
                lane = await super().open(client)
                hand_over, offered = lane.hand_over, lane._offered  # type: ignore[attr-defined]

                def watched() -> None:
                    nonlocal under_way, most
                    under_way += offered[0].recipient.endswith("@slow.example")
                    most = max(most, under_way)
                    hand_over()

                lane.hand_over = watched  # type: ignore[method-assign]
                return lane

        add(bench, "slow.example", 60)
        transport = Watching(lanes=8)
        bench.plan()
        domains = {"slow.example": DomainLimits(connections=2)}
        asyncio.run(run_of(bench, transport, domains=domains).run())
        require_each_once(bench, transport)
        assert 1 <= most <= 2

    def test_a_domain_gets_so_many_a_second(self, bench_of: BenchOf) -> None:
        """40 at 80 a second; the hundred others behind them do not wait."""
        bench, transport = bench_of(0), MemoryTransport()
        add(bench, "slow.example", 40)
        bench.add(100)
        bench.plan()
        domains = {"slow.example": DomainLimits(per_second=80)}
        began = time.monotonic()
        asyncio.run(run_of(bench, transport, domains=domains, clock=real_clock).run())
        assert time.monotonic() - began >= 0.48
        require_each_once(bench, transport)
        others = [i for i, e in enumerate(transport.envelopes) if "reader" in e.recipient]
        assert min(others) < 10

    def test_a_domain_that_takes_nothing_is_given_a_rest(self, bench_of: BenchOf) -> None:
        """After a few copies; the others go on, also in shards behind, and nobody fails."""

        class Moody(MemoryTransport):
            def take(self, envelope: Envelope) -> Outcome:
                if envelope.recipient.endswith("@moody.example"):
                    self.offered.append(envelope)
                    return LATER
                return super().take(envelope)

        bench = bench_of(0)
        add(bench, "moody.example", 150)
        bench.add(150)
        bench.plan()
        transport = Moody()
        pace = replace(HASTY, patience=10)
        asyncio.run(run_of(bench, transport, pace=pace).run())
        found = counts(bench)
        assert found[State.SENT] == 150
        assert 3 <= found[State.DEFERRED] <= 3 + 2 * transport.lanes
        assert found[State.PLANNED] == 150 - found[State.DEFERRED]
        tried = len(transport.offered)
        asyncio.run(run_of(bench, transport, "bob", pace=pace).run())
        assert len(transport.offered) == tried
        later = NOON + dt.timedelta(minutes=1)
        recovered = MemoryTransport()
        asyncio.run(run_of(bench, recovered, "eve", later, pace=pace).run())
        assert counts(bench) == {
            State.SENT: 150 + found[State.PLANNED],
            State.DEFERRED: tried - 150,
        }

    def test_a_rest_is_waited_for_when_it_is_short(self, bench_of: BenchOf) -> None:
        """Within the run's patience."""

        class Moody(MemoryTransport):
            refused = 0

            def take(self, envelope: Envelope) -> Outcome:
                if envelope.recipient.endswith("@moody.example") and self.refused < 3:
                    self.refused += 1
                    return LATER
                return super().take(envelope)

        bench, transport = bench_of(20), Moody(lanes=1)
        add(bench, "moody.example", 20)
        bench.plan()
        began = time.monotonic()
        shift = dt.timedelta(0)

        def clock() -> dt.datetime:
            """Half a minute passes in a second."""
            return NOON + 30 * dt.timedelta(seconds=time.monotonic() - began) + shift

        asyncio.run(run_of(bench, transport, clock=clock).run())
        assert counts(bench) == {State.SENT: 37, State.DEFERRED: 3}

    def test_memory_does_not_grow_with_a_closed_domain(
        self, bench_of: BenchOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Shards of which nothing else is left go back, and those behind them are sent."""
        monkeypatch.setattr("mailer.sender.stock._MOST_ASIDE", 60)

        class Moody(MemoryTransport):
            def take(self, envelope: Envelope) -> Outcome:
                if envelope.recipient.endswith("@moody.example"):
                    self.offered.append(envelope)
                    return LATER
                return super().take(envelope)

        bench, transport = bench_of(0), Moody()
        add(bench, "moody.example", 600)
        bench.add(100)
        bench.plan()
        pace = replace(HASTY, patience=10)
        asyncio.run(run_of(bench, transport, pace=pace).run())
        assert counts(bench)[State.SENT] == 100


class TestStops:
    def test_the_first_large_dispatch_through_a_relay_stops_for_a_look(
        self, bench_of: BenchOf
    ) -> None:
        """After so many copies, exactly; who resumes it has looked, and is not asked again."""
        bench, transport = bench_of(100), MemoryTransport()
        bench.plan()
        canary, routes = Canary(size=25, above=50), [Route("ses", transport, strange=True)]

        def run(owner: str) -> None:
            asyncio.run(run_of(bench, transport, owner, routes=routes, canary=canary).run())

        run("ann")
        found = after(bench)
        assert found.state is DispatchState.PAUSED
        assert found.reason.startswith("25 copies are out, the first through ses: look")
        assert counts(bench) == {State.SENT: 25, State.PLANNED: 75}
        with bench.database.write() as c:
            control.resume(c, 1, "the editor")
        run("bob")
        require_each_once(bench, transport)
        bench.plan("2021-02")
        run("eve")
        assert counts(bench) == {State.SENT: 100}

    @pytest.mark.parametrize(
        ("strange", "size", "above"), [(False, 25, 50), (True, 0, 50), (True, 25, 100)]
    )
    def test_others_do_not_stop(
        self, bench_of: BenchOf, strange: bool, size: int, above: int
    ) -> None:
        """On this machine, without a canary, or for a small dispatch."""
        bench, transport = bench_of(100), MemoryTransport()
        bench.plan()
        routes = [Route("ses", transport, strange=strange)]
        asyncio.run(run_of(bench, transport, routes=routes, canary=Canary(size, above)).run())
        require_each_once(bench, transport)

    def test_two_senders_have_one_canary(self, bench_of: BenchOf) -> None:
        """Not one each."""
        bench, transport = bench_of(300), MemoryTransport()
        bench.plan()
        canary, routes = Canary(size=40, above=50), [Route("ses", transport, strange=True)]

        async def both() -> None:
            runs = (
                run_of(bench, transport, name, routes=routes, canary=canary).run()
                for name in ("ann", "bob")
            )
            await asyncio.gather(*runs)

        asyncio.run(both())
        assert after(bench).state is DispatchState.PAUSED
        assert 40 - 10 <= counts(bench)[State.SENT] <= 40

    def test_too_many_refusals_stop_a_dispatch(self, bench_of: BenchOf) -> None:
        """One in ten for its content: all the others would be refused like it."""
        bench = bench_of(300)
        spam = Rejected(Reply(554, "5.6.0", "looks like spam"))
        transport = MemoryTransport({f"reader{n}@example.org": [spam] for n in range(1, 301, 10)})
        bench.plan()
        asyncio.run(run_of(bench, transport, threshold=Threshold(least=100)).run())
        found = after(bench)
        assert found.state is DispatchState.PAUSED
        assert "copies were refused for other reasons" in found.reason
        assert found.counts[State.PLANNED] > 150

    def test_an_old_copy_fails_at_last(self, bench_of: BenchOf) -> None:
        """Two days after its first attempt, not after its second."""
        bench = bench_of(1)
        bench.plan()
        transport = MemoryTransport({"reader1@example.org": [LATER] * 9})
        for number, hours in enumerate((0, 1, 2, 3, 30, 40, 49)):
            at = NOON + dt.timedelta(hours=hours)
            asyncio.run(run_of(bench, transport, f"s{number}", at).run())
            expected = State.FAILED if hours == 49 else State.DEFERRED
            assert counts(bench) == {expected: 1}, hours


def test_the_relays_name_is_kept_with_each_attempt(bench_of: BenchOf) -> None:
    """For whoever asks why."""
    bench, main = bench_of(1), MemoryTransport({"reader1@example.org": [LATER]})
    bench.plan()
    asyncio.run(run_of(bench, main).run())
    with bench.database.read() as c:
        rows = c.exec_driver_sql("SELECT relay, code FROM attempts").all()
    assert [tuple(row) for row in rows] == [("memory", 451)]
    assert isinstance(main.take(Envelope("a@b", "x@y", b"")), Sent)
