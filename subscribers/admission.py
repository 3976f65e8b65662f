"""How somebody comes onto a list: one rule for the editor's `add` and for every import. Pure.

Nobody who unsubscribed or is suppressed is brought back; given attributes win, others stay;
an address stays as it was first written; only a consent confirms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from subscribers.address import Address
from subscribers.model import (
    Added,
    Change,
    Consent,
    ConsentChange,
    SubscriptionStatus,
    SuppressionReason,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody to be added. `confirmed_at` is None for those who stay pending."""

    address: Address
    attributes: Mapping[str, str]
    consent: Consent
    event: ConsentChange
    confirmed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands with one list; ids are None for what is not stored yet."""

    subscriber_id: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    subscription_id: int | None = None
    status: SubscriptionStatus | None = None
    suppressed: SuppressionReason | None = None


STRANGER = Standing()


def admit(standing: Standing, entry: Entry) -> tuple[Change, Standing]:
    """What becomes of `entry`, and how the address stands afterwards."""
    if standing.suppressed:
        return Change(Added.KEPT, _SUPPRESSED.format(standing.suppressed)), standing
    if standing.status is SubscriptionStatus.UNSUBSCRIBED:
        return Change(Added.KEPT, _UNSUBSCRIBED), standing
    after = Standing(
        standing.subscriber_id,
        _merged(standing.attributes, entry.attributes),
        standing.subscription_id,
        _status(standing.status, entry),
    )
    return Change(_added(standing, after)), after


_SUPPRESSED = "suppressed ({}): stays so until the suppression is lifted"
_UNSUBSCRIBED = "unsubscribed: only they themselves can come back"


def _merged(known: Mapping[str, str], given: Mapping[str, str]) -> Mapping[str, str]:
    """`known` itself where nothing changes, so that equality is quick."""
    if given.items() <= known.items():
        return known
    return {**known, **given}


def _status(status: SubscriptionStatus | None, entry: Entry) -> SubscriptionStatus:
    if status is SubscriptionStatus.CONFIRMED or entry.confirmed_at is not None:
        return SubscriptionStatus.CONFIRMED
    return SubscriptionStatus.PENDING


def _added(before: Standing, after: Standing) -> Added:
    if before.status is None:
        return Added.ADDED
    changed = before.attributes is not after.attributes or before.status is not after.status
    return Added.UPDATED if changed else Added.UNCHANGED


@dataclass(frozen=True, slots=True)
class Admissions:
    """What a chunk of entries comes to. `before`, `after` and `first` (the entry that gave the
    address) are by address key; `after` holds only those who change. `grounds` are the entries
    that made a subscription or confirmed it."""

    changes: tuple[Change, ...]
    before: Mapping[str, Standing]
    after: Mapping[str, Standing]
    first: Mapping[str, Entry]
    grounds: tuple[Entry, ...]

    def changed(self) -> Iterable[tuple[str, Standing, Standing]]:
        """(key, before, after) of everybody whom the chunk changes."""
        for key, after in self.after.items():
            yield key, self.before.get(key, STRANGER), after


def weigh(before: Mapping[str, Standing], entries: Iterable[Entry]) -> Admissions:
    """Admit `entries` one after the other; a later one meets what an earlier one left."""
    after: dict[str, Standing] = {}
    first: dict[str, Entry] = {}
    changes, grounds = [], []
    for entry in entries:
        key = entry.address.key
        standing = after.get(key) or before.get(key, STRANGER)
        change, left = admit(standing, entry)
        changes.append(change)
        if change.added in (Added.ADDED, Added.UPDATED):
            first.setdefault(key, entry)
            after[key] = left
            if left.status is not standing.status:
                grounds.append(entry)
    return Admissions(tuple(changes), before, after, first, tuple(grounds))
