"""The audit trail: who did what to which dispatch, and when. Rows are only ever added."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from mailer.ledger import clock
from mailer.ledger.schema import dispatches, events

SENDER = "the sender"  # who acts where nobody told it to


class Action(StrEnum):
    SCHEDULED = "scheduled"
    MOVED = "moved"  # to another time
    BEGAN = "began"  # its audience was picked
    QUEUED = "queued"  # handed to the workers
    TAKEN_BACK = "taken back"  # from them, by a send at a terminal
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"
    CORRECTED = "corrected"
    TOOK_OVER = "took over"  # what a sender held that is gone
    FINISHED = "finished"
    WROTE = "wrote"  # to the editor


@dataclass(frozen=True, slots=True)
class Event:
    """`dispatch_id` is None where it is about an issue that has no dispatch (yet)."""

    at: dt.datetime
    actor: str
    action: str
    dispatch_id: int | None
    issue_id: str
    detail: str


def note(c: sa.Connection, actor: str, action: Action, dispatch_id: int, detail: str = "") -> int:
    """Write down what `actor` did to a dispatch, by the database's time; the event's number."""
    issue = sa.select(dispatches.c.issue_id).where(dispatches.c.id == dispatch_id)
    row = {
        "at": clock.now(c),
        "actor": actor,
        "action": action.value,
        "dispatch_id": dispatch_id,
        "issue_id": issue.scalar_subquery(),
        "detail": detail,
    }
    return int(c.scalars(events.insert().values(row).returning(events.c.id)).one())


def listed(c: sa.Connection, dispatch_id: int | None = None) -> list[Event]:
    """The events of one dispatch, or all, in their order."""
    names = ("at", "actor", "action", "dispatch_id", "issue_id", "detail")
    query = sa.select(*(events.c[name] for name in names)).order_by(events.c.id)
    if dispatch_id is not None:
        query = query.where(events.c.dispatch_id == dispatch_id)
    return [Event(*row) for row in c.execute(query)]
