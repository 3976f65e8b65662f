"""What may go through a relay, or to a domain, now: its rate and all its quotas together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from mailer.model.pace import Account, Used
from mailer.sender.throttle import quota, rate, slowing
from mailer.sender.throttle.quota import Quota
from mailer.sender.throttle.rate import Permits
from mailer.sender.throttle.warm_up import WarmUp

WARM_UP = "warm-up"
_SHARE = 20  # a block takes at most this part of what a quota has left, so that senders share it
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Limits:
    """What was configured. `periods` holds limits by minute, hour and day; `once` holds how many
    may go until somebody agrees to more, by the name under which they are counted."""

    per_second: float | None = None
    periods: Mapping[str, int] = field(default_factory=dict)
    warm_up: WarmUp | None = None
    zone: ZoneInfo = _UTC
    once: Mapping[str, int] = field(default_factory=dict)

    def quotas(self, now: dt.datetime) -> list[Quota]:
        found = [quota.rolling(period, limit, now) for period, limit in self.periods.items()]
        found += [quota.once(name, limit) for name, limit in self.once.items()]
        today = None
        if self.warm_up is not None:
            today = self.warm_up.limit(now.astimezone(self.zone).date())
        if today is not None:
            found.append(quota.calendar_day(WARM_UP, today, now, self.zone))
        return found

    def __bool__(self) -> bool:
        return bool(self.per_second or self.periods or self.warm_up or self.once)


@dataclass(frozen=True, slots=True)
class Reserved:
    """Permits for the next copies and the account after them. Where there are none: from when on
    to ask again, and the period whose quota is used up (empty: it is the rate). `counted` says
    where the permits were counted, for what goes back."""

    permits: Permits
    account: Account
    until: dt.datetime
    period: str = ""
    counted: Mapping[str, dt.datetime] = field(default_factory=dict)


def reserve(limits: Limits, account: Account, want: int, now: dt.datetime) -> Reserved:
    """Permits for at most `want` copies, counted as used from here on: a sender that dies with
    some of them leaves a little unused, and never too many sent."""
    quotas = limits.quotas(now)
    rooms = {each.period: quota.room(each, account.used.get(each.period, {})) for each in quotas}
    full = [(until, period) for period, (left, until) in rooms.items() if not left]
    if full:
        until, period = max(full)
        return Reserved(Permits(0, now), account, until, period)
    count = min([want, *(max(1, left // _SHARE) for left, _ in rooms.values())])
    due, permits = account.due, Permits(count, now)
    per_second = effective(limits, account, now)
    if per_second is not None:
        due, permits = rate.grant(account.due, per_second, count, now)
        if not permits.count:
            return Reserved(permits, account, permits.start - rate.AHEAD)
    counted = {each.period: each.bucket for each in quotas}
    after = replace(account, due=due, used=added(account.used, counted, permits.count))
    return Reserved(permits, after, now, counted=counted)


def effective(limits: Limits, account: Account, now: dt.datetime) -> float | None:
    """Copies a second: what was configured or, where that is less, learnt; None for no limit."""
    known = (limits.per_second, slowing.rate(account.slowed, now))
    return min((each for each in known if each is not None), default=None)


def added(used: Used, where: Mapping[str, dt.datetime], count: int) -> Used:
    """What was used, after so many more in these buckets."""
    after = dict(used)
    for period, bucket in where.items():
        counts = after.get(period, {})
        after[period] = {**counts, bucket: counts.get(bucket, 0) + count}
    return after
