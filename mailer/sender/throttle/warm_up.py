"""A warm-up plan: so many copies on the first day, more on each that follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WarmUp:
    """`days` holds how many copies may go on the first day, the second …; after the last there is
    no limit. Days are the publication's, by the calendar, whether mail went out or not."""

    start: dt.date
    days: Sequence[int]

    def limit(self, today: dt.date) -> int | None:
        """How many on that day, None for no limit; before `start` the first day's number."""
        number = max(0, (today - self.start).days)
        return self.days[number] if number < len(self.days) else None


_FIRST_DAYS = (50, 100, 500, 1_000, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000)


def proposal(readers: int) -> tuple[int, ...]:
    """How many copies on each day until an issue for so many readers is through, for a relay that
    has never sent for us; empty where the first day is enough."""
    days: list[int] = []
    while sum(days) < readers:
        later = days[-1] * 3 // 2 if days else 0
        days.append(_FIRST_DAYS[len(days)] if len(days) < len(_FIRST_DAYS) else later)
    return tuple(days) if len(days) > 1 else ()
