"""The dispatch run: shards → copies → lanes → outcomes → ledger, until nothing is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from mailer.errors import RelayError, RelayRefused, RelayUnavailable
from mailer.ledger import canaries, status
from mailer.sender import word
from mailer.sender.canary import period_of
from mailer.sender.courier import Courier, Round
from mailer.sender.flow import Flow
from mailer.sender.gate import Gate
from mailer.sender.gated import GatedWork
from mailer.sender.hand import DueCopy, Taker
from mailer.sender.parts import Parts
from mailer.sender.places import Places
from mailer.sender.progress import Progress
from mailer.sender.purse import UNKNOWN, Purse
from mailer.sender.route import Route
from mailer.sender.silence import Silence
from mailer.sender.spans import spoken
from mailer.sender.stock import Stock
from mailer.sender.supply import FromLedger
from mailer.sender.throttle.budget import Limits
from mailer.sender.traffic import Traffic
from mailer.sender.watched import watched
from mailer.sender.work import DispatchWork
from mailer.sender.writer import Writer


class DispatchRun:
    """One sender's work on one dispatch. Make it in the event loop in which it runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._id = parts.maker.dispatch_id
        self._stopping = asyncio.Event()
        self._to_stop: list[Callable[[], None]] = [self._stopping.set]
        self._told: set[str] = set()

    def stop(self) -> None:
        """Begin no further copy; those on the wire end as they end."""
        for stop in self._to_stop:
            stop()

    async def run(self) -> None:
        """Send what is due. Raises RelayRefused where every relay refuses us (the dispatch is
        paused then), RelayUnavailable where none could be reached, DatabaseError."""
        parts = self._parts
        with parts.database.read() as c:
            due = status.status(c, self._id).open
            routes = parts.canary.routes(c, self._id, list(parts.routes))
        half = sum(min(route.transport.lanes, due) for route in routes) // 2
        writer = Writer(parts.database, parts.audience.welcome, parts.clock, parts.notice, half)
        progress = Progress(parts.settled)
        try:
            await watched(self._send(writer, progress, routes, due))
        finally:
            progress.tell()
            await writer.close()

    async def _send(
        self, writer: Writer, progress: Progress, routes: list[Route], due: int
    ) -> None:
        parts = self._parts
        lanes = {route.name: max(1, min(route.transport.lanes, due)) for route in routes}
        taker = Taker(
            *(parts.supply or FromLedger(self._id), parts.maker.edition_id, parts.database),
            *(parts.liveness, parts.audience, parts.clock),
        )
        ahead, ended = 2 * sum(lanes.values()), progress.count
        silence = Silence(asyncio.get_running_loop().time)
        stock = Stock(taker, writer, parts.maker, ahead, parts.pace.poll, ended, self._tell)
        work = DispatchWork(
            *(self._id, stock, writer, parts.clock, parts.policy, parts.threshold),
            *(silence, ended, parts.missed),
        )
        self._to_stop += [stock.close, writer.hurry]
        if self._stopping.is_set():
            self.stop()
        traffic = self._traffic(writer, stock, routes)
        await traffic.begin()
        stock.tell_apart(traffic)
        couriers = {
            gate: [
                Courier(self._round(work, stock, traffic, gate)) for _ in range(lanes[gate.name])
            ]
            for gate in traffic.gates
        }
        errors: list[BaseException] = []
        try:
            if await self._first_lanes(work, traffic, couriers):
                errors = await self._all(stock, silence, work, traffic, couriers)
            left = stock.left or len(errors) == sum(lanes.values())
            await stock.release_all()
        except RelayError:
            await work.end()
            raise
        await work.end()
        await traffic.end()
        self._raise_first(errors, left)

    def _traffic(self, writer: Writer, stock: Stock, routes: list[Route]) -> Traffic:
        parts = self._parts

        def purse(name: str, limits: Limits) -> Purse:
            return Purse(name, limits, writer, parts.clock, stock.stir)

        def places(route: Route) -> Places | None:
            if route.in_all is None:
                return None
            shared = (route.name, route.in_all, writer, parts.liveness)
            return Places(*shared, stock.stir, self._stopping, parts.pace.share)

        gates = [
            Gate(
                *(route, purse(route.name, route.limits), parts.pace.connection, stock.stir),
                places(route),
            )
            for route in routes
        ]
        flows = {
            domain: Flow(limits, purse(f"@{domain}", Limits(limits.per_second)))
            for domain, limits in parts.domains.items()
        }
        pace = parts.pace
        return Traffic(
            *(gates, flows, writer, parts.clock, stock.stir, self._tell),
            *(pace.patience, pace.reach),
        )

    def _round(
        self, work: DispatchWork, stock: Stock, traffic: Traffic, gate: Gate
    ) -> Round[DueCopy]:
        tired = partial(self._tired, work, traffic)
        gated = GatedWork(work, stock, traffic, gate, tired)
        route, idle = gate.route, self._parts.pace.idle
        return Round(route.transport, gated, gated, route.per_connection, self._stopping, idle)

    def _tired(self, work: DispatchWork, traffic: Traffic, gate: Gate) -> None:
        """The relay takes nothing for so long that nobody waits for it."""
        if traffic.is_drained(gate):
            self._tell(f"{gate.name}: is drained, and gets nothing (`mailer relay restore`)")
            return
        canary = self._parts.canary
        if gate.crowded:
            self._tell(f"{gate.name}: other senders have all of its connections")
            return
        if gate.purse.used_up and gate.purse.period == period_of(self._id):
            stopped = partial(canaries.stopped, relay=gate.name, dispatch_id=self._id)
            at = self._parts.clock()
            work.pause(canary.reason(self._id, gate.name), lambda c: stopped(c, at=at))
            return
        why = "its limits are used up" if gate.purse.used_up else "it asked for a rest"
        wait = spoken(traffic.wait(gate))
        self._tell(f"{gate.name}: takes nothing for another {wait}, since {why}")

    async def _all(
        self,
        stock: Stock,
        silence: Silence,
        work: DispatchWork,
        traffic: Traffic,
        couriers: Mapping[Gate, list[Courier[DueCopy]]],
    ) -> list[BaseException]:
        """Run them all to their ends. One whose trouble is not its connection stops the others
        softly; when this task is cancelled, they are too."""
        beside = self._heed(stock, traffic), self._listen(stock, silence, traffic)
        looking = [asyncio.create_task(self._guarded(part)) for part in beside]
        keeping = asyncio.create_task(self._guarded(stock.keep()))
        tasks = [
            asyncio.create_task(self._guarded(self._open(courier.work(), gate, work, traffic)))
            for gate, its in couriers.items()
            for courier in its
        ]
        try:
            await asyncio.wait(tasks)
            stock.close()
            await asyncio.wait([keeping])
        finally:
            for task in (*looking, keeping, *tasks):
                task.cancel()
            ended = await asyncio.gather(*looking, keeping, *tasks, return_exceptions=True)
        return [error for error in ended if isinstance(error, Exception)]

    async def _heed(self, stock: Stock, traffic: Traffic) -> None:
        """Nothing more is handed out of what the editor has paused, ended or corrected."""
        parts = self._parts
        which = (parts.database, self._id, parts.maker.edition_id)
        await word.heed(*which, parts.pace.look, traffic.drained)
        stock.close()

    async def _listen(self, stock: Stock, silence: Silence, traffic: Traffic) -> None:
        """No word of any relay may mean that we alone are cut off from them: then others are to
        send what is not on the wire. Where the last connection ends without one, so does the run:
        the next one takes nothing before it has a connection."""
        pace = self._parts.pace
        while not stock.handed_on or any(gate.connected for gate in traffic.gates):
            await asyncio.sleep(pace.look)
            if silence.seconds >= pace.silence and not stock.handed_on:
                self._parts.notice(
                    f"no relay has said a word for {pace.silence:g} s: what is not on the wire is "
                    "left to other senders"
                )
                await stock.hand_on()
        stock.close()

    async def _first_lanes(
        self,
        work: DispatchWork,
        traffic: Traffic,
        couriers: Mapping[Gate, list[Courier[DueCopy]]],
    ) -> bool:
        """Before anything is taken the first courier of each relay opens its lane. Whether one
        did; False where none is to be tried, or the run stops. Raises what stands in the way of
        all: RelayUnavailable, or RelayRefused where they all refuse us."""
        waits = {gate: traffic.wait(gate) for gate in traffic.gates if not gate.crowded}
        tried = [gate for gate, wait in waits.items() if not traffic.patience < wait < UNKNOWN]
        for gate in traffic.gates:
            if gate not in tried:
                self._tired(work, traffic, gate)
        opened = await asyncio.gather(*(self._first_lane(couriers[gate][0]) for gate in tried))
        answers = zip(tried, opened, strict=True)
        faults = {gate: answer for gate, answer in answers if isinstance(answer, RelayError)}
        refused = [error for error in faults.values() if isinstance(error, RelayRefused)]
        if faults and len(faults) == len(tried):
            if len(refused) == len(tried):
                work.pause(str(refused[0]))
            raise ([each for each in faults.values() if each not in refused] or refused)[0]
        for gate, error in faults.items():
            if isinstance(error, RelayUnavailable):
                traffic.failed(gate, error)
            else:
                self._shut(gate, error)
        return True in opened

    async def _first_lane(self, courier: Courier[DueCopy]) -> bool | RelayError:
        try:
            return await courier.connect()
        except RelayError as error:
            return error

    def _shut(self, gate: Gate, error: RelayError) -> None:
        gate.shut = True
        self._tell(f"{error}; going on without it")

    async def _open(
        self, work_: Coroutine[Any, Any, None], gate: Gate, work: DispatchWork, traffic: Traffic
    ) -> None:
        """A courier's work. A relay that refuses us stops the dispatch if it is the last one."""
        try:
            await work_
        except RelayRefused as error:
            gate.shut = True
            if all(each.shut for each in traffic.gates):
                work.pause(str(error))
                raise
            self._shut(gate, error)

    async def _guarded(self, part: Coroutine[Any, Any, None]) -> None:
        try:
            await part
        except RelayUnavailable:
            raise
        except BaseException:
            self.stop()
            raise

    def _tell(self, line: str) -> None:
        """Once a line: all lanes meet the same."""
        if line not in self._told:
            self._told.add(line)
            self._parts.notice(line)

    def _raise_first(self, errors: list[BaseException], left: bool) -> None:
        """A lane that gave up is no matter where the others did its work."""
        serious = [error for error in errors if not isinstance(error, RelayUnavailable)]
        for error in serious or (errors if left else []):
            raise error
