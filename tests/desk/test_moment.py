"""A time as an editor writes it is one moment, or is refused with what to write."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from mailer.desk.moment import moment
from mailer.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01 09:00", "2026-12-01T08:00:00"),
        ("2026-12-01T09:00", "2026-12-01T08:00:00"),
        ("2026-07-01 09:00:30", "2026-07-01T07:00:30"),
        ("2026-12-01T09:00+05:30", "2026-12-01T03:30:00"),
        ("2026-12-01T09:00Z", "2026-12-01T09:00:00"),
        (" 2026-12-01 09:00 ", "2026-12-01T08:00:00"),
        ("2026-10-25T02:30+02:00", "2026-10-25T00:30:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00"),
    ],
)
def test_a_time_is_the_publications_unless_it_has_an_offset(text: str, utc: str) -> None:
    """Summer and winter time are told apart by the date."""
    found = moment(text, BERLIN, NOW)
    assert found.tzinfo is dt.UTC
    assert found.replace(tzinfo=None).isoformat() == utc


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "is no time: write it like '2026-12-01 09:00'"),
        ("2026-13-01 09:00", "is no time"),
        ("2026-12-01", "lacks the time of day"),
        ("2026-W49-2", "lacks the time of day"),
        ("2026-03-01 12:59", "is past: it is 2026-03-01 13:00 CET"),
        ("2026-03-01T12:00Z", "is past"),
    ],
)
def test_what_is_no_time_to_come_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        moment(text, BERLIN, NOW)


def test_a_time_that_comes_twice_is_refused_with_both_readings() -> None:
    """When clocks are put back: either can be copied from the message."""
    with pytest.raises(UsageError) as refused:
        moment("2026-10-25 02:30", BERLIN, NOW)
    readings = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert all(reading in str(refused.value) for reading in readings)
    moments = [moment(reading, BERLIN, NOW) for reading in readings]
    assert moments[1] - moments[0] == dt.timedelta(hours=1)


def test_a_time_that_never_comes_is_refused() -> None:
    """When clocks are put forward."""
    with pytest.raises(UsageError, match=r"does not come in Europe/Berlin, .* 03:30 follows"):
        moment("2026-03-29 02:30", BERLIN, NOW)
