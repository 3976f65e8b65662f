"""The database's own time: one clock for all who share the database.

Schedules, heartbeats and rates are measured by it, so that machines whose clocks differ agree.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers.database import moment


def now(c: sa.Connection) -> dt.datetime:
    return c.scalars(sa.select(moment())).one()
