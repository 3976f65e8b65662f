"""A rate learnt from a relay that says "too fast": halved at once, recovered slowly."""

from __future__ import annotations

import datetime as dt

from mailer.model.pace import Slowed

SETTLE = dt.timedelta(seconds=1)  # what was on the wire then says the same; it counts once
DOUBLES_IN = dt.timedelta(minutes=10)
SLOWEST = 0.1  # a second
_GONE = 2.0  # times the rate at which it was too fast: then there is nothing left to learn


def slowed(known: Slowed | None, observed: float, now: dt.datetime) -> Slowed:
    """After "too fast" at `observed` copies a second."""
    if known is not None and known.at <= now < known.at + SETTLE:
        return known
    allowed = rate(known, now)
    before = max(SLOWEST, observed if allowed is None else min(observed, allowed))
    return Slowed(max(SLOWEST, before / 2), before, now)


def rate(known: Slowed | None, now: dt.datetime) -> float | None:
    """The learnt rate by now; None where it does not matter any more."""
    if known is None:
        return None
    doublings = max(dt.timedelta(0), now - known.at) / DOUBLES_IN
    if doublings > 40:  # far beyond any rate
        return None
    grown = known.rate * 2**doublings
    return None if grown >= _GONE * known.before else grown
