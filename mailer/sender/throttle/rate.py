"""An even rate: the generic cell rate algorithm (ITU-T I.371), granted in blocks ahead of need."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

AHEAD = dt.timedelta(seconds=0.5)  # how far ahead of the clock permits are given out
LATE = dt.timedelta(seconds=0.02)  # a permit may be used for so long
_BLOCK_SECONDS = 0.1  # what one block lasts


@dataclass(frozen=True, slots=True)
class Permits:
    """So many copies, the first at `start`, each `interval` after the one before."""

    count: int
    start: dt.datetime
    interval: dt.timedelta = dt.timedelta(0)

    def times(self) -> Iterator[dt.datetime]:
        return (self.start + number * self.interval for number in range(self.count))


def interval_of(per_second: float) -> dt.timedelta:
    return dt.timedelta(seconds=1 / per_second)


def block(per_second: float) -> int:
    """How many permits to ask for at once: few enough that a sender which dies loses little."""
    return max(1, math.ceil(per_second * _BLOCK_SECONDS))


def grant(
    due: dt.datetime | None, per_second: float, want: int, now: dt.datetime
) -> tuple[dt.datetime, Permits]:
    """At most `want` permits, and the time from which the next one would be `due`.

    None are given while those given out reach further ahead than `AHEAD`. A `due` that no
    sequence of grants can have led to means that the clock was put back: it counts for nothing.
    """
    interval = interval_of(per_second)
    furthest = now + AHEAD + block(per_second) * interval
    start = now if due is None or due > furthest else max(due, now)
    if start > now + AHEAD:
        return start, Permits(0, start, interval)
    count = min(want, block(per_second))
    return start + count * interval, Permits(count, start, interval)
