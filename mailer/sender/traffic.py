"""Traffic: which relay may take which copy now, and what their answers teach.

All the decisions are in sender/throttle; here is what they are about, for one run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial

from mailer.errors import MailerError, RelayUnavailable
from mailer.ledger import rests
from mailer.model.outcome import Deferred, Outcome
from mailer.model.pace import Rest
from mailer.sender.flow import Flow
from mailer.sender.gate import Gate
from mailer.sender.purse import UNKNOWN, Clock, Ledger
from mailer.sender.spans import spoken
from mailer.sender.throttle import rest, shares
from mailer.sender.throttle.rest import Tempo
from mailer.sender.throttle.shares import Shares
from mailer.sender.throttle.symptom import Symptom, symptom

_ITSELF = rests.ITSELF
_FOR_EVER = 10.0 * 365 * 24 * 3600  # seconds: longer than anybody waits for a relay
_SOON = 5.0  # seconds: a relay that can take a copy by then is waited for by the others
_LONG = 60.0  # seconds
_ROW = 8  # deferred in a row, for several domains: then it is the relay
_SEVERAL = 3


class Traffic:
    """`changed` is called when it is worth looking again; `notice` gets a line when a relay is in
    trouble or asks for less. `patience` is how long to wait, in seconds, for a relay or a domain
    that takes nothing for now; `reach` for a connection where no other relay has one."""

    def __init__(
        self,
        gates: Sequence[Gate],
        flows: Mapping[str, Flow],
        ledger: Ledger,
        clock: Clock,
        changed: Callable[[], None],
        notice: Callable[[str], None],
        patience: float,
        reach: float,
    ) -> None:
        self.gates = gates
        self.patience = patience
        self._reach = reach
        self._flows = flows
        self._ledger = ledger
        self._clock = clock
        self._changed = changed
        self._notice = notice
        self._loop = asyncio.get_running_loop()
        self._rests: dict[tuple[str, str], Rest] = {}
        # By relay: the domains of copies deferred in a row, None for one without an answer.
        self._rows: dict[str, list[str | None]] = {}
        self._writing: set[asyncio.Task[None]] = set()
        weights = {gate.name: gate.route.weight for gate in gates}
        self._shares: Shares | None = None
        if any(weight is not None for weight in weights.values()):
            self._shares = shares.even({name: weight or 1.0 for name, weight in weights.items()})
        self._was_able: set[str] = set()
        self._drained: frozenset[str] = frozenset()
        self._told: set[str] = set()  # of these it was told that they are waited for

    async def begin(self) -> None:
        """Learn what is known, from the ledger. Raises DatabaseError."""
        self.drained(await self._ledger.call(rests.drained))
        self._rests = dict(await self._ledger.call(rests.load))
        await asyncio.gather(*(gate.purse.known() for gate in self.gates))
        sharing = [(gate.places, gate.route.transport.lanes) for gate in self.gates if gate.places]
        alone = len(self.gates) == 1
        await asyncio.gather(*(places.begin(wanted, alone) for places, wanted in sharing))

    def drained(self, names: Collection[str]) -> None:
        """Somebody has drained these relays and no others: what is on the wire there ends, and no
        more follows until they are restored."""
        drained = frozenset(names)
        if drained != self._drained:
            self._drained = drained
            self._changed()

    async def end(self) -> None:
        """Give back what was not used. Raises DatabaseError."""
        await asyncio.gather(*self._writing)
        purses = [gate.purse for gate in self.gates] + [flow.purse for flow in self._flows.values()]
        await asyncio.gather(*(purse.close() for purse in purses))
        await asyncio.gather(*(gate.places.end() for gate in self.gates if gate.places))

    # What is asked before a copy is taken.

    @property
    def by_domain(self) -> bool:
        """Whether domains have to be told apart at all."""
        return bool(self._flows or self._rests)

    def wait(self, gate: Gate) -> float:
        """Seconds until the relay may take copies, as far as that is known; 0 for now."""
        if self.is_drained(gate):
            return _FOR_EVER
        return max(gate.wait, self._rest_of(gate, _ITSELF), gate.purse.wait())

    def is_drained(self, gate: Gate) -> bool:
        return gate.name in self._drained

    def others_send(self, gate: Gate) -> bool:
        """Whether another relay has, or may have, copies of this run."""
        return bool(self._others(gate))

    def tire(self, gate: Gate) -> None:
        """This run waits for it no longer."""
        gate.tired = True
        self._changed()

    def waits(self, gate: Gate) -> None:
        """It is told once that somebody waits for a quota of the relay, where that is long."""
        wait = self.wait(gate)
        if gate.purse.used_up and _LONG <= wait < UNKNOWN and gate.name not in self._told:
            self._told.add(gate.name)
            self._notice(
                f"{gate.name}: its limits are used up: the next copies go in {spoken(wait)}"
            )

    def turn(self, gate: Gate) -> bool:
        """Whether the relay is not ahead of its share."""
        if self._shares is None:
            return True
        able = {each.name for each in self.gates if self._is_able(each)}
        for name in able - self._was_able:
            self._shares = shares.joined(self._shares, name, able & self._was_able)
        self._was_able = able
        slack = gate.route.transport.lanes
        return shares.may_take(self._shares, gate.name, able, slack)

    def admits(self, gate: Gate, domain: str) -> bool:
        """Whether a copy to that domain may go through the relay now."""
        flow = self._flows.get(domain)
        return (flow is None or flow.open) and not self._rest_of(gate, domain)

    def open_to(self, domain: str) -> bool:
        """Whether a copy to that domain may go through any relay now."""
        return any(not gate.shut and self.admits(gate, domain) for gate in self.gates)

    def opens_in(self, domain: str) -> float:
        """Seconds until the domain's rest is over where it ends first."""
        return min(
            (self._rest_of(gate, domain) for gate in self.gates if not gate.shut), default=0.0
        )

    # What is told of a copy.

    def took(self, gate: Gate, domain: str) -> None:
        gate.purse.take()
        if self._shares is not None:
            self._shares = shares.taken(self._shares, gate.name)
            self._changed()
        if domain in self._flows:
            self._flows[domain].take()

    def put_back(self, gate: Gate, domain: str) -> None:
        gate.purse.put_back()
        if domain in self._flows:
            self._flows[domain].put_back()

    def went_well(self, gate: Gate, domain: str) -> None:
        """A copy was taken."""
        gate.pulse.beat(self._loop.time())
        self._arrived(domain)
        self._rows.pop(gate.name, None)
        if self._rests:
            for which in (domain, _ITSELF):
                known = self._rests.get((gate.name, which))
                if known is not None:
                    self._keep(gate, which, rest.eased(known, self._clock()))

    def went_badly(self, gate: Gate, domain: str, outcome: Outcome) -> None:
        """A copy was not taken: what that teaches about the next ones."""
        self._arrived(domain)
        if not isinstance(outcome, Deferred):
            return
        reply = outcome.reply
        match symptom(reply):
            case Symptom.TOO_FAST:
                self._do(gate.purse.slow_down(gate.pulse.rate(self._loop.time())))
                self._notice(f"{gate.name}: too fast for this relay, going on slower: {reply}")
            case Symptom.USED_UP:
                self._strike(gate, _ITSELF, rest.QUOTA)
                self._notice(f"{gate.name}: this relay takes no more for a while: {reply}")
            case Symptom.DOMAIN:
                self._strike(gate, domain, rest.DOMAIN)
                self._row(gate, domain)
            case Symptom.NONE if not reply.code:  # no answer at all
                self._row(gate, None)

    def _arrived(self, domain: str) -> None:
        if domain in self._flows:
            self._flows[domain].settled()
            self._changed()

    def _row(self, gate: Gate, domain: str | None) -> None:
        """One domain has its reasons; several in a row, or a row without any answer (None), are
        the relay's."""
        row = self._rows.setdefault(gate.name, [])
        row.append(domain)
        if len(row) >= _ROW and (None in row or len(set(row)) >= _SEVERAL):
            self._rows.pop(gate.name)
            gate.distrust()

    def failed(self, gate: Gate, error: RelayUnavailable) -> bool:
        """No connection could be had; whether to try again. A relay is given up when that lasts
        and no other one has a connection either."""
        follows = gate.failed(error)
        others = any(not each.down for each in self._others(gate))
        if not others and gate.down >= self._reach:
            gate.shut = True
            self._changed()
            return False
        self._notice(f"{error}; {follows}")
        return True

    # Rests.

    def _rest_of(self, gate: Gate, domain: str) -> float:
        found = self._rests.get((gate.name, domain)) if self._rests else None
        if found is None or not rest.resting(found, now := self._clock()):
            return 0.0
        return (found.until - now).total_seconds()

    def _strike(self, gate: Gate, domain: str, tempo: Tempo) -> None:
        before = self._rests.get((gate.name, domain))
        found = rest.struck(before, tempo, self._clock())
        if found != before:
            self._keep(gate, domain, found)

    def _keep(self, gate: Gate, domain: str, found: Rest | None) -> None:
        if found is None:
            self._rests.pop((gate.name, domain), None)
        else:
            self._rests[gate.name, domain] = found
            pause = self._rest_of(gate, domain)
            if pause:
                self._loop.call_later(pause, self._changed)
        self._do(self._ledger.call(partial(rests.save, relay=gate.name, domain=domain, rest=found)))
        self._changed()

    def _others(self, gate: Gate) -> list[Gate]:
        sending = (each for each in self.gates if not (each.shut or each.tired))
        return [each for each in sending if each is not gate and not self.is_drained(each)]

    def _is_able(self, gate: Gate) -> bool:
        """Whether it takes copies, or will in a moment."""
        wait = self.wait(gate)
        return not (gate.shut or gate.down) and (wait <= _SOON or wait == UNKNOWN)

    def _do(self, work: Awaitable[None]) -> None:
        """Write something down, without waiting for it."""
        task = asyncio.create_task(_written(work))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)


async def _written(work: Awaitable[None]) -> None:
    """What was learnt may be learnt again: a database in trouble is told of elsewhere."""
    with suppress(MailerError):
        await work
