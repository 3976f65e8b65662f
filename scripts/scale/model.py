"""The model: what is handed over as fast as hosts, relays and ledger allow, waits with the relays,
and is taken by receivers as fast as they like. A small simulation, since each of the two feeds the
other, and what was deferred comes again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.scale.measured import Measured
from scripts.scale.receivers import Receiver

_STEPS = 4_000  # in which a dispatch is cut, about
_AGAIN = 450.0  # seconds until a deferred copy is tried again: 5 minutes, and a little later
_MOST = 0.99  # of what readers get has arrived: the rest waits for single servers
_BACKLOG = 1_000_000  # copies that a relay keeps in its queue and is still well
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Farm:
    """`intake` is what a relay takes from us, `per_relay` what it delivers, in copies a second: a
    Postfix with a queue on an SSD. Every relay has an address of its own, which is warm."""

    hosts: int = 1
    relays: int = 1
    intake: float = 1_000.0
    per_relay: float = 300.0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """In hours from the beginning: when all is `handed_over`, when `half` and when `most` has
    arrived. `held_by` is what it waits for longest. `rows` are those of the ledger that change in
    a second of it, `log` what that adds to the write-ahead log. `backlog` is the most that the
    relays have waiting, in copies, `database` how large it is with one dispatch, in octets."""

    handed_over: float
    half: float
    most: float
    held_by: str
    rows: float
    log: float
    backlog: int
    database: int


def reckon(readers: int, farm: Farm, measured: Measured, receivers: Sequence[Receiver]) -> Reckoned:
    """Raises ValueError for what is no farm."""
    if readers < 1 or farm.hosts < 1 or farm.relays < 1 or min(farm.intake, farm.per_relay) <= 0:
        raise ValueError("needs at least one reader, one host and one relay, each with a rate")
    limits = _limits(farm, measured)
    second = min(limits.values())
    run = _Run(readers, farm, receivers, second)
    run.to_its_end()
    slowest = max(run.lines, key=lambda line: line.ended)
    late = slowest.ended > 1.1 * run.handed_over
    return Reckoned(
        handed_over=run.handed_over / _HOUR,
        half=run.half / _HOUR,
        most=run.most / _HOUR,
        held_by=run.reason(slowest) if late else min(limits, key=lambda each: limits[each]),
        rows=2 * second,  # its mark, and its result
        log=measured.log_octets * second,
        backlog=round(run.backlog),
        database=readers * (measured.reader_octets + measured.copy_octets),
    )


def _limits(farm: Farm, measured: Measured) -> dict[str, float]:
    """Copies a second that can be handed over, by what allows no more."""
    return {
        "the hosts of the workers": farm.hosts * measured.host,
        "what the relays take": farm.relays * farm.intake,
        "the database": measured.ledger,
    }


@dataclass
class _Line:
    """What is to go to one receiver: `waiting` with the relays, `later` what it deferred."""

    receiver: Receiver
    waiting: float = 0.0
    arrived: float = 0.0
    ended: float = 0.0
    later: deque[tuple[float, float]] = field(default_factory=deque)

    def step(self, now: float, most: float) -> float:
        """Hand it at most so many; how many were."""
        while self.later and self.later[0][0] <= now:
            self.waiting += self.later.popleft()[1]
        offered = min(self.waiting, most)
        deferred = offered * self.receiver.defers
        self.waiting -= offered
        self.arrived += offered - deferred
        if deferred:
            self.later.append((now + _AGAIN, deferred))
        return offered


class _Run:
    """Copies as they flow, in steps of time; they are reckoned in fractions."""

    def __init__(
        self, readers: int, farm: Farm, receivers: Sequence[Receiver], second: float
    ) -> None:
        self.readers, self.farm = readers, farm
        self.lines = [_Line(receiver) for receiver in receivers]
        self.handed_over = readers / second
        self.half = self.most = 0.0
        self.backlog = 0.0
        self._second = second
        self._step = max(1.0, self._least() / _STEPS)

    def _least(self) -> float:
        """Seconds that it takes at the very least."""
        own = (self.readers * line.receiver.share / self._takes(line) for line in self.lines)
        return max(self.handed_over, self.readers / self._delivers, *own)

    @property
    def _delivers(self) -> float:
        return self.farm.relays * self.farm.per_relay

    def _takes(self, line: _Line) -> float:
        return self.farm.relays * line.receiver.second

    def reason(self, line: _Line) -> str:
        """Why that line is the last."""
        if self.readers / self._delivers > self.readers * line.receiver.share / self._takes(line):
            return "what the relays deliver"
        return line.receiver.name

    def to_its_end(self) -> None:
        now, left = 0.0, float(self.readers)
        while not self.most:
            handed = min(left, self._second * self._step, self._room())
            left -= handed
            if handed:
                self.handed_over = now + self._step
            for line in self.lines:
                line.waiting += handed * line.receiver.share
            self._deliver(now)
            now += self._step
            self._note(now)

    def _room(self) -> float:
        """What the relays' queues still take."""
        waiting = sum(line.waiting for line in self.lines)
        self.backlog = max(self.backlog, waiting)
        return max(0.0, self.farm.relays * _BACKLOG - waiting)

    def _deliver(self, now: float) -> None:
        """Who takes the least for its share comes first: what it leaves, others get."""
        left = self._delivers * self._step
        for line in sorted(self.lines, key=lambda each: min(each.waiting, self._takes(each))):
            left -= line.step(now, min(left, self._takes(line) * self._step))

    def _note(self, now: float) -> None:
        arrived = sum(line.arrived for line in self.lines)
        for line in self.lines:
            if not line.ended and line.arrived >= _MOST * self.readers * line.receiver.share:
                line.ended = now
        if not self.half and arrived >= self.readers / 2:
            self.half = now
        if all(line.ended for line in self.lines):
            self.most = now
