"""The values of the subscriber store. Frozen, without I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SubscriptionStatus(StrEnum):
    PENDING = "pending"  # never mailed: the consent is missing
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address must not be mailed, the weakest first: a stronger one replaces a weaker."""

    UNSUBSCRIBED = "unsubscribed"  # with another program, before they came to us
    ERASED = "erased"
    BOUNCED = "bounced"
    MANUAL = "manual"
    COMPLAINED = "complained"

    @property
    def weaker(self) -> tuple[SuppressionReason, ...]:
        """Those that this one replaces."""
        return tuple(SuppressionReason)[: STRENGTH[self]]


STRENGTH = {reason: strength for strength, reason in enumerate(SuppressionReason)}


class ConsentChange(StrEnum):
    """What an entry of the consent log tells."""

    SIGNED_UP = "signed_up"
    ADDED = "added"  # by the editor
    IMPORTED = "imported"
    INVITED = "invited"  # asked by the editor to confirm
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    RETURNED = "returned"  # by their own act, after they had left
    EXPLAINED = "explained"  # why they left, in their words
    UNSUPPRESSED = "unsuppressed"  # by the editor, whose reason is the evidence


class PassKind(StrEnum):
    """What a pass lets its holder do."""

    CONFIRM = "confirm"  # a subscription
    ACCESS = "access"  # begin a visit
    MOVE = "move"  # take another address
    VISIT = "visit"  # see and change what is kept of them


class Added(StrEnum):
    """What became of somebody who was to be added to a list."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # unsubscribed or suppressed, and left so


@dataclass(frozen=True, slots=True)
class Change:
    """`reason` says why somebody was kept as they are; otherwise it is empty."""

    added: Added
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """How somebody agreed to be mailed (in what way, at which event) and the proof of it; `form` is
    where, `wording` what they read there when they did."""

    how: str
    evidence: str
    ip: str | None = None
    user_agent: str | None = None
    form: str | None = None
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class List:
    """`list_id` is the RFC 2919 identifier, without angle brackets."""

    id: int
    name: str
    title: str
    list_id: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ListSummary:
    """`suppressed` counts those of the confirmed who are not mailed all the same; who asked for a
    pause is among them."""

    list: List
    counts: Mapping[SubscriptionStatus, int]
    suppressed: int

    @classmethod
    def as_made(cls, made: List) -> ListSummary:
        """Nobody is on a list that was made just now."""
        return cls(made, dict.fromkeys(SubscriptionStatus, 0), 0)

    @property
    def audience(self) -> int:
        """How many would be mailed now."""
        return self.counts[SubscriptionStatus.CONFIRMED] - self.suppressed


@dataclass(frozen=True, slots=True)
class Segment:
    """`expression` is in the language of subscribers/segments."""

    name: str
    expression: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    list: str
    title: str
    status: SubscriptionStatus
    token: bytes = field(repr=False)
    confirmed_at: dt.datetime | None
    unsubscribed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """`list` is None where it holds for all lists, `domain` empty where it is about the address
    alone."""

    list: str | None
    domain: str
    reason: SuppressionReason
    source: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    list: str
    at: dt.datetime
    event: ConsentChange
    how: str
    evidence: str
    ip: str | None
    user_agent: str | None
    form: str | None
    wording: str | None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What `source` made different of a person; None stands for nothing."""

    at: dt.datetime
    source: str
    field: str
    before: str | None
    after: str | None


NOBODY = 0  # the id of no subscriber: databases count from 1


@dataclass(frozen=True, slots=True)
class Person:
    """All that the store knows of one subscriber; `consents` and `changes` from the oldest on."""

    id: int
    email: str
    language: str | None
    attributes: Mapping[str, str]
    tags: tuple[str, ...]
    subscriptions: tuple[Subscription, ...]
    suppressions: tuple[Suppression, ...]
    consents: tuple[ConsentEvent, ...]
    changes: tuple[PersonChange, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One subscription as a link in a mail finds it."""

    id: int
    subscriber_id: int
    email: str
    language: str | None
    list: List
    status: SubscriptionStatus
    token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """One list on a person's preferences page; `subscription` is None where they are not on it."""

    list: List
    subscription: Subscription | None


@dataclass(frozen=True, slots=True)
class Pass:
    """A random key that lets whoever has it do one thing, once, until a time. `email` is where it
    was mailed to, `subscription_id` what it is about, where that is one; `attributes` are given to
    the person when it is used, and `evidence` holds the words that they agreed to."""

    kind: PassKind
    token: bytes = field(repr=False)
    subscriber_id: int
    subscription_id: int | None
    email: str
    lang: str
    evidence: str
    attributes: Mapping[str, str]
    at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None

    def is_open(self, now: dt.datetime) -> bool:
        return self.used_at is None and now < self.expires_at
