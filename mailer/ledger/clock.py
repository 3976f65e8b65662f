"""The database's own time: one clock for all who share the database.

Schedules, heartbeats and rates are measured by it, so that machines whose clocks differ agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from subscribers.database import moment


class DatabaseClock:
    """The database's time as it was at the beginning, and from there on by `monotonic`, the seconds
    of a clock of this machine that nobody sets."""

    def __init__(self, c: sa.Connection, monotonic: Callable[[], float]) -> None:
        before = monotonic()
        self._base = now(c)
        self._at = (before + monotonic()) / 2
        self._monotonic = monotonic

    def __call__(self) -> dt.datetime:
        return self._base + dt.timedelta(seconds=self._monotonic() - self._at)


def now(c: sa.Connection) -> dt.datetime:
    return c.scalars(sa.select(moment())).one()
