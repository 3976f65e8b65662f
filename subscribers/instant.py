"""Points in time in the database: integer UTC microseconds.

SQLite's own DateTime loses the zone without converting to it; an integer cannot.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def microseconds(value: dt.datetime) -> int:
    """An aware datetime as the database has it; a naive one raises ValueError."""
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone: an instant needs one")
    return (value - _EPOCH) // _MICROSECOND


def instant(value: int) -> dt.datetime:
    """What the database has, as an aware datetime."""
    return _EPOCH + value * _MICROSECOND


class Instant(sa.TypeDecorator[dt.datetime]):
    """An aware datetime ↔ microseconds since 1970-01-01T00:00Z. A naive one raises ValueError."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> dt.datetime | None:
        return None if value is None else instant(value)
