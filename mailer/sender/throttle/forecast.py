"""How long so many copies take through a relay with these limits: its quotas waited for."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from mailer.model.pace import Account, Used
from mailer.sender.throttle import quota
from mailer.sender.throttle.budget import Limits, added
from mailer.sender.throttle.quota import Quota

_FURTHEST = dt.timedelta(days=100)  # nobody plans a send beyond that


def forecast(
    limits: Limits, account: Account, copies: int, per_second: float, now: dt.datetime
) -> dt.timedelta | None:
    """From `now` to the last copy, at `per_second` while the quotas have room; None where that
    is beyond all patience. What waits for somebody's word (`Limits.once`) is not waited for."""
    at, used = now, account.used
    while at - now < _FURTHEST:
        quotas = [each for each in limits.quotas(at) if each.lifetime is not None]
        rooms = [quota.room(each, used.get(each.period, {})) for each in quotas]
        free = min((left for left, _ in rooms), default=copies)
        if not free:
            at = max(until for left, until in rooms if not left)
            continue
        step = min(copies, free, math.ceil(per_second))
        used = _counting(added(used, {each.period: each.bucket for each in quotas}, step), quotas)
        at += dt.timedelta(seconds=step / per_second)
        copies -= step
        if not copies:
            return at - now
        if not quotas:
            return at - now + dt.timedelta(seconds=copies / per_second)
    return None


def _counting(used: Used, quotas: Sequence[Quota]) -> Used:
    """Without the buckets that count no more."""
    return {
        each.period: {
            bucket: count for bucket, count in used[each.period].items() if bucket >= each.since
        }
        for each in quotas
    }
