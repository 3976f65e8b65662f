"""Somebody on a list as an export tells of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from subscribers.model import SubscriptionStatus, SuppressionReason


class Standing(StrEnum):
    """How somebody stands with a list, in one word; what our own import understands, too."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"  # suppressed by the editor


_BY_STATUS = {
    SubscriptionStatus.CONFIRMED: Standing.CONFIRMED,
    SubscriptionStatus.PENDING: Standing.PENDING,
    SubscriptionStatus.UNSUBSCRIBED: Standing.UNSUBSCRIBED,
}
_BY_REASON = {
    SuppressionReason.UNSUBSCRIBED: Standing.UNSUBSCRIBED,
    SuppressionReason.BOUNCED: Standing.BOUNCED,
    SuppressionReason.COMPLAINED: Standing.COMPLAINED,
    SuppressionReason.MANUAL: Standing.BLOCKED,
    SuppressionReason.ERASED: Standing.BLOCKED,
}


class Member(NamedTuple):
    """`consent` and `ip` are those of the act that made or confirmed the subscription."""

    email: str
    standing: Standing
    joined: dt.datetime
    confirmed: dt.datetime | None
    left: dt.datetime | None
    consent: str
    ip: str
    attributes: Mapping[str, str]
    tags: Sequence[str] = ()

    @property
    def since(self) -> dt.datetime:
        """When they came, as far as is known: an import puts them onto the list only afterwards."""
        return self.joined if self.confirmed is None else min(self.joined, self.confirmed)

    @property
    def is_mailed(self) -> bool:
        return self.standing is Standing.CONFIRMED

    @property
    def is_gone(self) -> bool:
        return self.standing not in (Standing.CONFIRMED, Standing.PENDING)


def standing_of(status: SubscriptionStatus, reason: SuppressionReason | None) -> Standing:
    """A suppression goes before what the subscription says."""
    return _BY_STATUS[status] if reason is None else _BY_REASON[reason]
