"""So many in a period: counts in buckets, so that in any period that ends now none are too many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailer.model.pace import EPOCH, bucket

FOR_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)

# A period is cut into so many buckets. One more than that is counted, since a period that ends
# within a bucket also begins within one: the finer the buckets, the less is given away.
PERIODS = {
    "minute": (dt.timedelta(seconds=2), 30),
    "hour": (dt.timedelta(minutes=1), 60),
    "day": (dt.timedelta(minutes=15), 96),
}


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` copies in the buckets from `since` on. What is used now counts in `bucket`;
    a bucket counts for `lifetime` from its beginning, None for ever. One that is as far ahead
    means that the clock was put back: it counts for nothing."""

    period: str
    limit: int
    bucket: dt.datetime
    since: dt.datetime
    lifetime: dt.timedelta | None


def rolling(period: str, limit: int, now: dt.datetime) -> Quota:
    """At most `limit` in any minute, hour or day, wherever it begins."""
    length, buckets = PERIODS[period]
    newest = bucket(now, length)
    return Quota(period, limit, newest, newest - buckets * length, (buckets + 1) * length)


def calendar_day(period: str, limit: int, now: dt.datetime, zone: ZoneInfo) -> Quota:
    """At most `limit` from midnight to midnight where the publication lives."""
    today = now.astimezone(zone).date()
    start, end = _midnight(today, zone), _midnight(today + dt.timedelta(days=1), zone)
    return Quota(period, limit, start, start, end - start)


def once(period: str, limit: int) -> Quota:
    """At most `limit`, and no more until somebody says so."""
    return Quota(period, limit, EPOCH, EPOCH, None)


def room(quota: Quota, used: Mapping[dt.datetime, int]) -> tuple[int, dt.datetime]:
    """How many may go now; and, where none may, from when on again. `used` is by bucket."""
    ahead = FOR_EVER if quota.lifetime is None else quota.bucket + quota.lifetime
    counted = {at: count for at, count in used.items() if quota.since <= at < ahead and count}
    left = max(0, quota.limit - sum(counted.values()))
    if left or quota.lifetime is None or not counted:
        return left, FOR_EVER
    return 0, min(counted) + quota.lifetime


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
