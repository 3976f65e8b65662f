"""A moment as an editor writes it, for `--at`."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from mailer.errors import UsageError

_EXAMPLE = "2026-12-01 09:00"


def moment(text: str, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """ISO 8601 with date and time of day; without an offset it is the publication's time.

    Raises UsageError for a time that is past, and for one that clocks show twice, or never, since
    they are put back or forward.
    """
    read = _read(text)
    when = read if read.tzinfo is not None else _placed(read, zone)
    if when <= now:
        raise UsageError(f"--at {text}: is past: it is {now.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    return when.astimezone(dt.UTC)


def _read(text: str) -> dt.datetime:
    try:
        read = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"--at {text!r}: is no time: write it like {_EXAMPLE!r}") from None
    if len(text.strip()) <= len("2026-12-01"):
        raise UsageError(f"--at {text!r}: lacks the time of day: write it like {_EXAMPLE!r}")
    return read


def _placed(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The one instant at which clocks in the zone show this; a zone's two readings of it differ
    where there are two such instants, or none (PEP 495)."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    after = first.astimezone(dt.UTC).astimezone(zone)
    if after.replace(tzinfo=None) != wall:
        raise UsageError(
            f"--at {wall}: does not come in {zone.key}, where clocks are put forward then: "
            f"{after:%H:%M} follows: choose another time"
        )
    raise UsageError(
        f"--at {wall}: comes twice in {zone.key}, where clocks are put back then: write "
        f"{first.isoformat()} or {second.isoformat()}"
    )
