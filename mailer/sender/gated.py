"""The work of a dispatch as the couriers of one relay get it: through its gate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from mailer.errors import RelayUnavailable
from mailer.model.outcome import Outcome, Sent
from mailer.sender import courier
from mailer.sender.gate import Gate
from mailer.sender.hand import DueCopy
from mailer.sender.purse import UNKNOWN
from mailer.sender.stock import Stock
from mailer.sender.traffic import Traffic
from mailer.sender.work import DispatchWork

_LOOK = 30.0  # seconds after which to look again, whatever was told


class GatedWork:
    """What `courier.Work` and `courier.Door` ask for. Couriers wait for the relay as long as the
    traffic has patience; where it takes longer they end, and `tired` is told. One that is drained
    may be restored while others send: so long they wait for it."""

    def __init__(
        self,
        work: DispatchWork,
        stock: Stock,
        traffic: Traffic,
        gate: Gate,
        tired: Callable[[Gate], None],
    ) -> None:
        self._work = work
        self._stock = stock
        self._traffic = traffic
        self._gate = gate
        self._tired = tired

    # Work.

    def take(self) -> DueCopy | None:
        traffic, gate = self._traffic, self._gate
        if traffic.wait(gate) > 0 or not traffic.turn(gate):
            return None
        copy = self._stock.take(self._admits_any)
        if copy is not None:
            traffic.took(gate, self._domain(copy))
        return copy

    async def more(self) -> bool:
        """Wait until a copy may be taken; False when there will be none, or not for long."""
        traffic, gate, stock = self._traffic, self._gate, self._stock
        while not stock.closed:
            stock.stirred.clear()
            wait = traffic.wait(gate)
            if traffic.patience < wait < UNKNOWN:
                self._tired(gate)
                if not (traffic.is_drained(gate) and traffic.others_send(gate)):
                    traffic.tire(gate)
                    return False
            elif wait == 0 and traffic.turn(gate) and stock.has(self._admits_any):
                return True
            else:
                traffic.waits(gate)
            await self._stir(wait or _LOOK)
        return False

    def ask(self, copy: DueCopy, answer: courier.Answer) -> None:
        self._work.ask(copy, partial(self._asked, copy, answer))

    def _asked(self, copy: DueCopy, answer: courier.Answer, granted: bool) -> None:
        if not granted:
            self._traffic.put_back(self._gate, self._domain(copy))
        answer(granted)

    def settle(self, copy: DueCopy, outcome: Outcome) -> None:
        if isinstance(outcome, Sent):
            self._traffic.went_well(self._gate, self._domain(copy))
        else:
            self._traffic.went_badly(self._gate, copy.domain, outcome)
        self._work.settle(copy, outcome, self._gate.route.transport.name)

    def put_back(self, copy: DueCopy) -> None:
        self._traffic.put_back(self._gate, self._domain(copy))
        self._stock.put_back(copy)

    def _domain(self, copy: DueCopy) -> str:
        """Empty while nobody has to tell domains apart."""
        return copy.domain if self._traffic.by_domain else ""

    def _admits(self, domain: str) -> bool:
        return self._traffic.admits(self._gate, domain)

    @property
    def _admits_any(self) -> Callable[[str], bool] | None:
        return self._admits if self._traffic.by_domain else None

    async def _stir(self, seconds: float) -> None:
        """Wait until it is worth looking again."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stock.stirred.wait(), min(seconds, _LOOK))

    # Door.

    async def ready(self) -> bool:
        with self._gate.in_line():
            while not (self._stock.closed or self._gate.shut):
                self._stock.stirred.clear()
                pause = self._gate.pause
                if not pause:
                    self._gate.enter()
                    return True
                await self._stir(pause)
        return False

    def opened(self) -> None:
        self._gate.opened()

    def closed(self) -> None:
        self._gate.closed()

    def failed(self, error: RelayUnavailable) -> bool:
        return self._traffic.failed(self._gate, error)

    def enter(self) -> None:
        self._gate.enter()

    def leave(self) -> None:
        self._gate.leave()

    def called_back(self) -> bool:
        return self._gate.called_back()
