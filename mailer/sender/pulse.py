"""How many copies a second a relay takes just now."""

from __future__ import annotations

_SPAN = 2.0  # seconds over which is counted
_LEAST = 0.2  # less than that tells nothing


class Pulse:
    """Counts copies. Times are in seconds of a clock that only goes forward."""

    __slots__ = ("_before", "_began", "_count")

    def __init__(self, now: float) -> None:
        self._began = now
        self._count = 0
        self._before: float | None = None  # the rate of the span before this one

    def beat(self, now: float) -> None:
        """One more."""
        if now - self._began >= _SPAN:
            self._before = self._count / (now - self._began)
            self._began, self._count = now, 0
        self._count += 1

    def rate(self, now: float) -> float:
        """Copies a second, of the last few."""
        span = now - self._began
        if self._before is not None and span < _SPAN / 2:
            return self._before
        return self._count / max(span, _LEAST)
