"""How somebody comes onto a list: one rule for the editor's `add` and for every import. Pure.

Nobody who unsubscribed or is suppressed is brought back; given attributes win, others stay; a
language is told only of whom none is known, since it may be their own choice;
an address stays as it was first written; only a consent confirms. Who left elsewhere arrives
unsubscribed and suppressed, unless they came back to us after that by an act of their own. Of an
address that is suppressed and nobody's, an erased one for example, nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from subscribers import tags
from subscribers.address import Address
from subscribers.attributes import decoded, encoded
from subscribers.model import (
    STRENGTH,
    Added,
    Change,
    Consent,
    ConsentChange,
    SubscriptionStatus,
    SuppressionReason,
)

NO_ATTRIBUTES = "{}"


class Departure(NamedTuple):
    """That somebody may not be mailed, as another program says; `at` is None where it does not
    say since when."""

    reason: SuppressionReason
    source: str
    at: dt.datetime | None


class Entry(NamedTuple):
    """Somebody to be added. `attributes` are as the database has them (`attributes.encoded`):
    millions pass here. `confirmed_at` is None for those who stay pending, `language` where it is
    not told."""

    address: Address
    attributes: str
    consent: Consent
    event: ConsentChange
    confirmed_at: dt.datetime | None
    departure: Departure | None = None
    tags: frozenset[str] = frozenset()
    language: str | None = None


class Standing(NamedTuple):
    """How an address stands with one list; ids are None for what is not stored yet. `own_act`
    is whether they themselves confirmed, or came back, with us; `tags` are the keys of theirs, as
    far as they matter."""

    subscriber_id: int | None = None
    attributes: str = NO_ATTRIBUTES
    subscription_id: int | None = None
    status: SubscriptionStatus | None = None
    suppressed: SuppressionReason | None = None
    confirmed_at: dt.datetime | None = None
    own_act: bool = False
    tags: frozenset[str] = frozenset()
    language: str | None = None


class Case(NamedTuple):
    """An entry, how its address stood, and how it stands afterwards."""

    entry: Entry
    before: Standing
    after: Standing
    change: Change

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return self.change.added in (Added.ADDED, Added.UPDATED)

    @property
    def is_new(self) -> bool:
        """Whether they are nobody's subscriber yet."""
        return self.before.subscriber_id is None

    @property
    def joins(self) -> bool:
        """Whether there was no subscription before."""
        return self.before.status is None and self.after.status is not None

    @property
    def changes_attributes(self) -> bool:
        return self.before.attributes is not self.after.attributes

    @property
    def changes_language(self) -> bool:
        return self.before.language != self.after.language

    @property
    def changes_status(self) -> bool:
        """Whether there was a subscription, and it becomes another."""
        return self.before.status is not None and self.before.status is not self.after.status


STRANGER = Standing()
_ADDED = Change(Added.ADDED)
_UPDATED = Change(Added.UPDATED)
_UNCHANGED = Change(Added.UNCHANGED)
_UNSUBSCRIBED = Change(Added.KEPT, "unsubscribed: only they themselves can come back")
_RETURNED = Change(Added.KEPT, "came back by themselves after they had left there")
_SUPPRESSED = "suppressed ({}): stays so until the suppression is lifted"


def weigh(before: Mapping[str, Standing], entries: Iterable[Entry]) -> list[Case]:
    """Every entry of a chunk; no two of them have the same address."""
    return [admit(before.get(entry.address.key, STRANGER), entry) for entry in entries]


def admit(standing: Standing, entry: Entry) -> Case:
    """What becomes of `entry`, and how the address stands afterwards."""
    if standing is STRANGER and not (entry.departure or entry.tags or entry.language):
        status = _status(None, entry)  # most people of a first import
        return Case(entry, STRANGER, Standing(None, entry.attributes, None, status), _ADDED)
    if kept := _kept(standing, entry):
        return Case(entry, standing, standing, kept)
    after = Standing(
        standing.subscriber_id,
        _merged(standing.attributes, entry.attributes),
        standing.subscription_id,
        _status(standing.status, entry),
        _suppressed(standing.suppressed, entry),
        standing.confirmed_at,
        standing.own_act,
        standing.tags.union(map(tags.key, entry.tags)) if entry.tags else standing.tags,
        standing.language or entry.language,
    )
    return Case(entry, standing, after, _change(standing, after))


def _kept(standing: Standing, entry: Entry) -> Change | None:
    """Why somebody stays as they are; None where they do not."""
    if standing is STRANGER:
        return None
    if standing.suppressed is not None and standing.subscriber_id is None:
        return Change(Added.KEPT, _SUPPRESSED.format(standing.suppressed))
    if entry.departure is not None:
        return _RETURNED if _is_back(standing, entry.departure) else None
    if standing.suppressed is not None and standing.suppressed is not _LEFT:
        return Change(Added.KEPT, _SUPPRESSED.format(standing.suppressed))
    if standing.status is SubscriptionStatus.UNSUBSCRIBED or standing.suppressed is _LEFT:
        return _UNSUBSCRIBED
    return None


_LEFT = SuppressionReason.UNSUBSCRIBED


def _is_back(standing: Standing, departure: Departure) -> bool:
    """A departure without a date is older than what a person did with us."""
    if standing.status is not SubscriptionStatus.CONFIRMED:
        return False
    if departure.at is None or standing.confirmed_at is None:
        return standing.own_act
    return standing.confirmed_at > departure.at


def _merged(known: str, given: str) -> str:
    """`known` itself where nothing changes, so that equality is quick."""
    if given in (known, NO_ATTRIBUTES):
        return known
    if known == NO_ATTRIBUTES:
        return given
    before, more = decoded(known), decoded(given)
    return known if more.items() <= before.items() else encoded(before | more)


def _status(status: SubscriptionStatus | None, entry: Entry) -> SubscriptionStatus:
    if entry.departure is not None or status is SubscriptionStatus.UNSUBSCRIBED:
        return SubscriptionStatus.UNSUBSCRIBED
    if status is SubscriptionStatus.CONFIRMED or entry.confirmed_at is not None:
        return SubscriptionStatus.CONFIRMED
    return SubscriptionStatus.PENDING


def _suppressed(known: SuppressionReason | None, entry: Entry) -> SuppressionReason | None:
    if entry.departure is None:
        return known
    reasons = (known or entry.departure.reason, entry.departure.reason)
    return max(reasons, key=STRENGTH.__getitem__)


def _change(before: Standing, after: Standing) -> Change:
    if before.status is None:
        return _ADDED
    return _UNCHANGED if after == before else _UPDATED
