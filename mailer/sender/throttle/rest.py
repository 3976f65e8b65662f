"""Rests that grow while trouble goes on and shrink when it is over: of relays and of domains."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from mailer.model.pace import Rest


@dataclass(frozen=True, slots=True)
class Tempo:
    """After more than `tolerated` strikes in a row a rest of `first`, then twice as long each
    time, up to `longest`. Each `forgiven` without a strike takes one back."""

    tolerated: int
    first: dt.timedelta
    longest: dt.timedelta
    forgiven: dt.timedelta


RELAY = Tempo(
    tolerated=0,
    first=dt.timedelta(seconds=1),
    longest=dt.timedelta(minutes=5),
    forgiven=dt.timedelta(minutes=10),
)
FULL = Tempo(  # a relay that takes no more connections than it has
    tolerated=0,
    first=dt.timedelta(seconds=5),
    longest=dt.timedelta(minutes=5),
    forgiven=dt.timedelta(minutes=10),
)
REFUSING = Tempo(  # a relay that takes connections, and then no copies
    tolerated=0,
    first=dt.timedelta(seconds=10),
    longest=dt.timedelta(minutes=10),
    forgiven=dt.timedelta(minutes=30),
)
QUOTA = Tempo(  # of the relay's own, used up: Amazon's advice is up to ten minutes
    tolerated=0,
    first=dt.timedelta(minutes=5),
    longest=dt.timedelta(hours=1),
    forgiven=dt.timedelta(hours=3),
)
DOMAIN = Tempo(
    tolerated=2,
    first=dt.timedelta(seconds=30),
    longest=dt.timedelta(minutes=30),
    forgiven=dt.timedelta(minutes=30),
)


def struck(rest: Rest | None, tempo: Tempo, now: dt.datetime) -> Rest:
    """After one more strike. What was on the wire when the rest began adds nothing to it."""
    if rest is not None and rest.at <= now < rest.until:
        return rest
    strikes = _strikes(rest, tempo, now) + 1
    over = strikes - tempo.tolerated
    if over < 1:
        return Rest(strikes, now, now)
    pause = min(tempo.longest, tempo.first * 2 ** min(over - 1, 30))
    return Rest(strikes, now + pause, now)


def eased(rest: Rest | None, now: dt.datetime) -> Rest | None:
    """After a success: half of the strikes are forgiven, and the rest is over."""
    if rest is None or rest.strikes < 2:
        return None
    return replace(rest, strikes=rest.strikes // 2, until=min(rest.until, now))


def resting(rest: Rest | None, now: dt.datetime) -> bool:
    """A rest from the future means that the clock was put back: it counts for nothing."""
    return rest is not None and rest.at <= now < rest.until


def _strikes(rest: Rest | None, tempo: Tempo, now: dt.datetime) -> int:
    """Those that still count: a quiet time takes them back one by one."""
    if rest is None:
        return 0
    quiet = max(dt.timedelta(0), now - rest.until)
    return max(0, rest.strikes - quiet // tempo.forgiven)
