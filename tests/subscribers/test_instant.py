from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mailer.database import Database
from subscribers.instant import Instant

_HERE = dt.timezone(dt.timedelta(hours=-3, minutes=-30))
_DIALECT = sa.create_engine("sqlite://").dialect


# In UTC too these lie between the years 1 and 9999, which are all that Python knows.
_TIMES = st.datetimes(
    min_value=dt.datetime(1, 1, 3),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=dt.datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.timezones(),
)


@given(_TIMES)
def test_every_aware_time_comes_back_to_the_microsecond_in_utc(time: dt.datetime) -> None:
    stored = Instant().process_bind_param(time, _DIALECT)
    back = Instant().process_result_value(stored, _DIALECT)
    assert isinstance(stored, int)
    assert back == time.astimezone(dt.UTC)
    assert back is not None
    assert back.tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused() -> None:
    naive = dt.datetime(2021, 1, 31)  # noqa: DTZ001  # the wrong kind on purpose
    with pytest.raises(ValueError, match="has no time zone"):
        Instant().process_bind_param(naive, _DIALECT)


def test_no_time_stays_no_time() -> None:
    assert Instant().process_bind_param(None, _DIALECT) is None
    assert Instant().process_result_value(None, _DIALECT) is None


def test_the_database_compares_and_keeps_integers(database: Database) -> None:
    """Whatever zone a time was written in, it is one number, and an order."""
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", Instant))
    early = dt.datetime(1969, 7, 20, 20, 17, tzinfo=dt.UTC)
    late = dt.datetime(2021, 1, 31, 6, 0, 0, 1, tzinfo=_HERE)
    with database.write() as connection:
        table.create(connection)
        connection.execute(sa.insert(table), [{"at": late}, {"at": early}])
        raw = connection.execute(sa.text("SELECT at FROM moments ORDER BY at")).scalars().all()
        after = connection.scalars(sa.select(table.c.at).where(table.c.at > early)).all()
    assert raw == [-14_182_980_000_000, 1_612_085_400_000_001]
    assert after == [late]
