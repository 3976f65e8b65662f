"""Dates as sources write them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from subscribers.errors import BadValue

_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ZONES = dt.timedelta(days=1)  # today's date may be tomorrow's in UTC
_UTC = re.compile(r"\s*(?:UTC|GMT|\+00:?00)$")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\b")  # so everywhere, with points
_SHOWN = 60  # characters of what is no date


@lru_cache(maxsize=10_000)
def moment(column: str, text: str, now: dt.datetime) -> dt.datetime:
    """An ISO 8601 date or time, or one whose date is written `31.1.2021`; without a zone it is UTC.
    Never later than `now`.

    Raises BadValue, which names the column, for anything else.
    """
    try:
        found = _read(text)
    except ValueError as error:
        raise BadValue(f"{column}: {text[:_SHOWN]!r} is not a date like 2021-01-31") from error
    if not _FIRST <= found <= now + _ZONES:
        raise BadValue(f"{column}: {text!r} lies in the future or before 1970: mend the date")
    return min(found, now)


def _read(text: str) -> dt.datetime:
    iso = _DAY_FIRST.sub(_iso, text, count=1)
    found = dt.datetime.fromisoformat(_UTC.sub("Z", iso))
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _iso(date: re.Match[str]) -> str:
    day, month, year = map(int, date.groups())
    return f"{year}-{month:02}-{day:02}"
