"""What is known of how fast a relay, or a recipients' domain, takes copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Used = Mapping[str, Mapping[dt.datetime, int]]  # period → the bucket's beginning → copies


def bucket(at: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """The beginning of the span of this length that a moment is in, counted from the epoch."""
    return EPOCH + (at - EPOCH) // length * length


@dataclass(frozen=True, slots=True)
class Slowed:
    """Since `at` the rate is `rate` copies a second, growing; `before` is what was too much."""

    rate: float
    before: float
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """`strikes` that count; nothing is tried before `until`; the last strike was `at`."""

    strikes: int
    until: dt.datetime
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Of one sender, on the connections that a relay takes from all: it has use for `wanted`, and
    nobody else may open those that it `holds`."""

    wanted: int
    holds: int


@dataclass(frozen=True, slots=True)
class Account:
    """By the rate the next copy is `due` then; `slowed` is the rate that was learnt; `used` counts
    what went, or was given out to go."""

    due: dt.datetime | None = None
    slowed: Slowed | None = None
    used: Used = field(default_factory=dict)
