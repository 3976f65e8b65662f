"""Days and numbers of issues, as people write them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from babel.dates import get_month_names

_LANGUAGES = ("en", "de", "fr", "es", "ru")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_EASTERN = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_NUMBER = re.compile(
    r"(?:#\s?|№\s?|\b(?:issue|no\.?|nr\.?|number|edition|episode|ausgabe|folge|numéro|número|edición|édition"
    r"|выпуск|номер)\s+(?:no\.?\s?|nr\.?\s?|#\s?|№\s?)?)(\d{1,5})\b",
    re.IGNORECASE,
)
_YEARS = range(1990, 2100)


def day_in(text: str) -> dt.date | None:
    """The first whole day that is told; a month alone is none."""
    found = [day for read in (_numeric, _worded) if (day := read(text))]
    return found[0] if found else None


def number_in(text: str) -> int | None:
    found = _NUMBER.search(text)
    number = int(found[1]) if found else None
    return None if number in _YEARS else number


def _numeric(text: str) -> dt.date | None:
    for pattern in (_ISO, _EASTERN):
        if found := pattern.search(text):
            return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.search(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.search(text):  # which of both is the month is told by its size alone
        first, second = int(found[1]), int(found[2])
        month = second if first > 12 else first if second > 12 or first == second else 0
        return _day(int(found[3]), month, first + second - month)
    return None


def _worded(text: str) -> dt.date | None:
    names = _months()
    day_first, month_first = _patterns()
    for pattern, order in ((day_first, (1, 2, 3)), (month_first, (2, 1, 3))):
        if found := pattern.search(text):
            day, month, year = (found[place] for place in order)
            return _day(int(year), names[month.lower().rstrip(".")], int(day))
    return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for lang in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale=lang).items():
                    found[name.lower().rstrip(".")] = number
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    month = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    day, year = r"(\d{1,2})(?:st|nd|rd|th|er|\.)?", r"(\d{4})\b"
    return (
        re.compile(rf"\b{day}\s+(?:de\s+|of\s+)?({month})\.?,?\s+(?:de\s+)?{year}", re.IGNORECASE),
        re.compile(rf"\b({month})\.?\s+{day},?\s+{year}", re.IGNORECASE),
    )
