"""What people say of a version before it is sent: approvals, and the reviews that ask for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ReviewState(StrEnum):
    """A review is open until its one verdict, or until it is withdrawn."""

    OPEN = "open"
    APPROVED = "approved"
    SENT_BACK = "sent back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word that exactly this edition may be sent. `version` is its content hash. It ends
    when a reviewer sends that version back: then `ended_by` and `comment` are theirs."""

    issue_id: str
    lang: str
    version: str
    by: str
    at: dt.datetime
    ended_by: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A colleague is asked about a frozen edition. `file_hash` is that of the issue file it was
    composed from, `brief` what there was to say about it then, as JSON; `told_at` is when telling
    the editor the verdict began."""

    id: int
    token: bytes
    issue_id: str
    lang: str
    edition_id: int
    version: str
    file: str
    file_hash: str
    brief: str
    reviewer: str
    asked_by: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    state: ReviewState
    comment: str
    decided_at: dt.datetime | None
    told_at: dt.datetime | None

    def is_open(self, now: dt.datetime) -> bool:
        return self.state is ReviewState.OPEN and now < self.expires_at

    def has_ended(self, now: dt.datetime) -> bool:
        """Whether its page shows nothing any more."""
        return self.state is ReviewState.WITHDRAWN or now >= self.expires_at
