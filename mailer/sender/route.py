"""A route: one relay as a run may use it, with its limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailer.sender.throttle.budget import Limits
from mailer.sender.transport import Transport


@dataclass(frozen=True, slots=True)
class Route:
    """`name` is the one under which copies are counted. `weight` None takes as much as it can;
    `per_connection` is how many copies one connection carries, `in_all` how many connections it
    takes from all senders together. A `strange` relay is on another machine: nobody has seen yet
    what becomes of many copies there."""

    name: str
    transport: Transport
    weight: float | None = None
    limits: Limits = field(default_factory=Limits)
    per_connection: int | None = None
    in_all: int | None = None
    strange: bool = False


@dataclass(frozen=True, slots=True)
class DomainLimits:
    """What goes to one recipient domain: so many copies at a time, so many a second."""

    connections: int | None = None
    per_second: float | None = None
