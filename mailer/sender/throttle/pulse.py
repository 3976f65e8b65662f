"""How many copies a second go out just now: a running average over the last few seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

_MEMORY = 3.0  # seconds after which a beat counts for a third


@dataclass(frozen=True, slots=True)
class Pulse:
    """`weight` is the sum of what is remembered at `at`; `began` is the first beat. Times are in
    seconds of a clock that only goes forward."""

    began: float
    at: float
    weight: float = 0.0


def beat(pulse: Pulse, now: float) -> Pulse:
    """One more copy."""
    return replace(pulse, at=now, weight=_faded(pulse, now) + 1)


def rate(pulse: Pulse, now: float) -> float:
    """Copies a second; in the first seconds what there was is all that is known."""
    remembered = _MEMORY * (1 - math.exp(-(now - pulse.began) / _MEMORY))
    return _faded(pulse, now) / max(remembered, 0.1)


def _faded(pulse: Pulse, now: float) -> float:
    return pulse.weight * math.exp(-(now - pulse.at) / _MEMORY)
