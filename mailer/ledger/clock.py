"""The database's own time: one clock for all who share the database.

Schedules, heartbeats and rates are measured by it, so that machines whose clocks differ agree.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.instant import Instant

_MICROSECONDS = {
    # 2440587.5 is the Julian day of 1970-01-01; a day has 86,400,000 ms, all that SQLite resolves.
    "sqlite": "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
}


def now(c: sa.Connection) -> dt.datetime:
    moment: dt.datetime = c.scalars(
        sa.select(sa.literal_column(_MICROSECONDS[c.dialect.name], Instant()))
    ).one()
    return moment
