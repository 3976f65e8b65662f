"""What a run of a dispatch is made of, and how patiently it waits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.database import Database
from mailer.ledger.liveness import Liveness
from mailer.ledger.record import Result
from mailer.sender.alarm import Threshold
from mailer.sender.canary import Canary
from mailer.sender.copies import CopyMaker
from mailer.sender.courier import IDLE
from mailer.sender.hand import Audience
from mailer.sender.retry import Policy
from mailer.sender.route import DomainLimits, Route
from mailer.sender.supply import Supply
from mailer.sender.throttle.rest import RELAY, Tempo
from mailer.sender.writer import Clock


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a run waits. In seconds: `reach` for a connection where there is none,
    `patience` for a relay or a domain that takes nothing for now, `poll` for shards that other
    senders hold, `share` for places for connections that they hold, `silence` for a word of any
    relay, where other senders may have one; `idle` is how long a connection with nothing to send is
    kept, `look` between two looks at what the editor did, to the dispatch or to a relay."""

    connection: Tempo = RELAY
    reach: float = 30.0
    patience: float = 3600.0
    poll: float = 0.5
    share: float = 1.0
    silence: float = math.inf
    idle: float = IDLE
    look: float = 1.0


def unheard(_result: Result) -> None:
    """For who does not want to know of each."""


@dataclass(frozen=True)
class Parts:
    """`settled` is told, a few times a second, how many copies this run settled since; `notice`
    gets a line when something is in trouble and is waited for; `missed` what became of each attempt
    that did not end in `sent`. Without a `supply` the ledger is."""

    database: Database
    routes: Sequence[Route]
    liveness: Liveness
    audience: Audience
    maker: CopyMaker
    clock: Clock
    domains: Mapping[str, DomainLimits] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    threshold: Threshold = field(default_factory=Threshold)
    canary: Canary = field(default_factory=Canary)
    pace: Pace = field(default_factory=Pace)
    supply: Supply | None = None
    settled: Callable[[int], None] = lambda _count: None
    notice: Callable[[str], None] = lambda _line: None
    missed: Callable[[Result], None] = unheard
