"""What a provider decides, for all connections together: a pure state with a clock handed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailer.ops.provider.profile import Profile
from mailer.sender.spread import spread

_BURST = 1.0  # seconds of its rate that a provider forgives


@dataclass
class Load:
    """What was asked of the provider."""

    connections: int = 0
    most_at_once: int = 0
    messages: int = 0
    octets: int = 0
    busiest_second: int = 0
    refusals: dict[str, int] = field(default_factory=dict)  # the reply → how often


class Temper:
    """`now` is in seconds of a clock that only goes forward. An answer that is empty is a yes."""

    def __init__(self, profile: Profile) -> None:
        self.load = Load()
        self._profile = profile
        self._open = 0
        self._first_seen: dict[str, float] = {}
        self._turned_away: set[str] = set()
        self._due = 0.0  # by the rate the next message is due then
        self._second, self._in_second = 0, 0

    def connect(self) -> str:
        self._open += 1
        self.load.connections += 1
        self.load.most_at_once = max(self.load.most_at_once, self._open)
        most = self._profile.connections
        too_many = most is not None and self._open > most
        return self._refuse("421 4.7.0 too many connections") if too_many else ""

    def disconnect(self) -> None:
        self._open -= 1

    def mail(self, carried: int) -> str:
        """`carried` messages came over this connection before."""
        most = self._profile.per_connection
        return (
            self._refuse("421 4.7.0 enough on this connection") if most and carried >= most else ""
        )

    def recipient(self, address: str, now: float) -> str:
        profile = self._profile
        if spread("unknown", address) < profile.unknown:
            return self._refuse("550 5.1.1 no such user")
        if spread("greylisted", address) < profile.greylisted:
            if now - self._first_seen.setdefault(address, now) < profile.greylisted_for:
                return self._refuse("451 4.7.1 greylisted")
        elif spread("busy", address) < profile.busy and address not in self._turned_away:
            self._turned_away.add(address)
            return self._refuse("450 4.2.1 mailbox busy")
        return ""

    def message(self, octets: int, now: float) -> str:
        rate = self._profile.per_second
        if rate:
            due = max(self._due, now - _BURST)
            if due > now:
                return self._refuse("454 Throttling failure: Maximum sending rate exceeded")
            self._due = due + 1 / rate
        self._count(octets, now)
        return ""

    def _count(self, octets: int, now: float) -> None:
        self.load.messages += 1
        self.load.octets += octets
        if int(now) != self._second:
            self._second, self._in_second = int(now), 0
        self._in_second += 1
        self.load.busiest_second = max(self.load.busiest_second, self._in_second)

    def _refuse(self, reply: str) -> str:
        self.load.refusals[reply] = self.load.refusals.get(reply, 0) + 1
        return reply
