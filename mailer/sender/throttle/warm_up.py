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
