"""[send]: what may be sent, how long a send tries, and what stops it."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from mailer.config.values import Duration, Table


class Send(Table):
    """Shares are of the copies tried: 0.05 is one in twenty, 1 never stops."""

    approval: bool = False  # send what somebody has approved, and nothing else
    retry_for: Duration = Field(
        default=dt.timedelta(hours=48), ge=dt.timedelta(minutes=5), le=dt.timedelta(days=14)
    )
    patience: Duration = Field(default=dt.timedelta(hours=1), le=dt.timedelta(days=14))
    canary: int = Field(default=500, ge=0, le=10**9)  # 0: no canary
    canary_above: int = Field(default=1000, ge=0, le=10**9)
    stop_at_failures: float = Field(default=0.05, gt=0, le=1)
    stop_at_refusals: float = Field(default=0.20, gt=0, le=1)
    stop_after: int = Field(default=200, ge=1, le=10**9)
    probe: bool = True
