"""When what waits may be tried: from its time on, and at once where that is further off than
anything waits, since then the clock was put back after it was written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

LONGEST = dt.timedelta(hours=6)  # more than any wait that `sender.retry` or a rest gives


def furthest(now: dt.datetime) -> dt.datetime:
    """The last moment for which anything waits."""
    return now + LONGEST


def due_from(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """From when on what waits for `at` may be tried."""
    return at if at <= furthest(now) else now


def is_due(at: sa.Column[Any], now: Any, until: Any) -> sa.ColumnElement[bool]:
    """The same, where a database looks; `until` is the furthest."""
    return sa.or_(at <= now, at > until)
