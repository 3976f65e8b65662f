"""Somebody on a list as an export tells of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from subscribers.instant import instant
from subscribers.model import SubscriptionStatus, SuppressionReason


class Standing(StrEnum):
    """How somebody stands with a list, in one word; what our own import understands, too."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"  # suppressed by the editor


_STANDINGS: Mapping[str, Standing] = {
    SubscriptionStatus.CONFIRMED: Standing.CONFIRMED,
    SubscriptionStatus.PENDING: Standing.PENDING,
    SubscriptionStatus.UNSUBSCRIBED: Standing.UNSUBSCRIBED,
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
    language: str = ""

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


# Some thousand people as the database has them, in plain values, so that another process can be
# sent them. Rows: subscriber id, address, address key, status, instants of joining, confirming and
# leaving, consent, IP address, attributes as JSON, whether the address is suppressed, language.
# Then reasons of suppression by address key, and tags by subscriber id.
_Came = tuple[int, int | None, int | None]
_Said = tuple[str | None, str | None]
Row = tuple[int, str, str, str, *_Came, *_Said, str, bool, str | None]
KEY: Final = 2  # its place
SUPPRESSED: Final = 10
Page = tuple[Sequence[Row], Mapping[str, str], Mapping[int, tuple[str, ...]]]

# The same times come again and again. `json.loads` spends half of its time on looking for blanks
# around what it reads.
_decoded = json.JSONDecoder().raw_decode
_instant = lru_cache(maxsize=10_000)(instant)


def members(page: Page) -> list[Member]:
    rows, reasons, tagged = page
    return [_member(row, reasons, tagged.get(row[0], ())) for row in rows]


def _member(row: Row, reasons: Mapping[str, str], tags: Sequence[str]) -> Member:
    """A suppression goes before what the subscription says."""
    _, email, key, status, joined, confirmed, left, consent, ip, attributes, _, language = row
    return Member(
        email,
        _STANDINGS[reasons.get(key, status)],
        _instant(joined),
        None if confirmed is None else _instant(confirmed),
        None if left is None else _instant(left),
        consent or "",
        ip or "",
        _decoded(attributes)[0],
        tags,
        language or "",
    )
