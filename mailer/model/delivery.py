"""Deliveries and dispatches as everyone outside the ledger sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """The state of one delivery; docs/delivery-states.md says what each crash leaves."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"


OPEN_STATES = (State.PLANNED, State.SENDING, State.DEFERRED)


class DispatchState(StrEnum):
    SCHEDULED = "scheduled"  # its audience is not yet picked
    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as the wire gets it (RFC 5321 §2.3.1). `body` ends with CRLF and holds no
    line that begins with a dot, so that it needs no transparency (§4.5.2). `envid` comes back in
    delivery status notifications (RFC 3461 §4.4); empty for none."""

    sender: str
    recipient: str
    body: bytes = field(repr=False)
    smtputf8: bool = False
    envid: str = ""


BY_THE_EDITOR = "by the editor"  # why a dispatch was paused in which nothing is wrong


@dataclass(frozen=True, slots=True)
class DispatchStatus:
    """The counts add up to `total`, always. `segment` is empty where the whole list is meant.
    `queued`: the workers send it. `started_at` is when its
    audience was picked, None before that."""

    id: int
    issue_id: str
    list_name: str
    segment: str
    state: DispatchState
    reason: str
    counts: Mapping[State, int]
    total: int
    queued: bool
    created_at: dt.datetime
    scheduled_at: dt.datetime | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None

    @property
    def sent(self) -> int:
        return self.counts[State.SENT]

    @property
    def open(self) -> int:
        """How many deliveries a sender still has to settle."""
        return sum(self.counts[state] for state in OPEN_STATES)

    @property
    def paused_by_hand(self) -> bool:
        """Whether it waits for nothing but a resume."""
        return self.state is DispatchState.PAUSED and self.reason == BY_THE_EDITOR

    @property
    def untried(self) -> int:
        """How many have had no attempt that came to its end."""
        return self.counts[State.PLANNED] + self.counts[State.SENDING]


@dataclass(frozen=True, slots=True)
class Pace:
    """Copies a second, and how long at that rate until every copy was tried once."""

    rate: float
    left: dt.timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a relay said to one attempt, counted from 1; `code` 0 where it said nothing."""

    attempt: int
    at: dt.datetime
    relay: str
    code: int
    enhanced: str
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as `dispatch copies` shows it. `edition` is the content hash of the version that
    its last attempt carried, or that its next one will, empty where there is neither; `attempts`
    are those that did not end well, `returned` is what came back later."""

    seq: int
    email: str
    state: State
    attempt: int
    reply: str
    changed_at: dt.datetime
    edition: str
    returned: str
    attempts: tuple[Attempt, ...]
