"""What the editor is to be told about a dispatch, and whether it was mailed: once each.

A letter is ordered in the transaction that gives cause for it. Whoever mails it claims it first, by
moving its time on; were it to die then, somebody would mail it later.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from mailer.ledger import clock, events, upsert
from mailer.ledger.events import SENDER, Action
from mailer.ledger.schema import letters

_MAILING = dt.timedelta(minutes=15)  # nobody mails a letter for longer
_FIRST, _TRIES = dt.timedelta(minutes=5), 8  # 5, 10, 20 … minutes: eleven hours in all
NEXT_DAY = dt.timedelta(hours=24)


class Kind(StrEnum):
    ENDED = "ended"  # every copy was tried
    DAY = "day"  # a day later
    PAUSED = "paused"  # by a fault
    FAULT = "fault"  # copies came back for a fault of ours
    HELD = "held"  # so many came back as dead that nobody was suppressed


@dataclass(frozen=True, slots=True)
class Letter:
    """`occasion` is the event that it is about, 0 where the kind says it all."""

    id: int
    dispatch_id: int
    kind: Kind
    occasion: int
    tries: int


def order(c: sa.Connection, dispatch_id: int, kind: Kind, occasion: int = 0) -> None:
    """See that the editor is told, at once or (DAY) in a day. Idempotent."""
    key = {"dispatch_id": dispatch_id, "kind": kind.value, "occasion": occasion}
    later = NEXT_DAY if kind is Kind.DAY else dt.timedelta()
    upsert.insert(c, letters, key | {"due_at": clock.now(c) + later})


def claim(c: sa.Connection, dispatch_id: int | None = None) -> Letter | None:
    """The next letter that is due, of one dispatch or any; nobody else gets it meanwhile."""
    now = clock.now(c)
    names = ("id", "dispatch_id", "kind", "occasion", "tries")
    query = sa.select(*(letters.c[name] for name in names)).where(letters.c.due_at <= now)
    if dispatch_id is not None:
        query = query.where(letters.c.dispatch_id == dispatch_id)
    row = c.execute(query.order_by(letters.c.due_at).limit(1).with_for_update()).one_or_none()
    if row is None:
        return None
    claimed = {"due_at": now + _MAILING, "tries": row.tries + 1}
    c.execute(letters.update().where(letters.c.id == row.id).values(claimed))
    return Letter(row.id, row.dispatch_id, Kind(row.kind), row.occasion, row.tries + 1)


def mailed(c: sa.Connection, letter: Letter) -> None:
    _due(c, letter, None)
    events.note(c, SENDER, Action.WROTE, letter.dispatch_id, f"to the editor: {letter.kind}")


def not_mailed(c: sa.Connection, letter: Letter, why: str) -> None:
    """Try again later, a few times."""
    again = clock.now(c) + _FIRST * 2 ** (letter.tries - 1)
    _due(c, letter, again if letter.tries < _TRIES else None)
    detail = f"to the editor: {letter.kind}: not sent: {why}"
    events.note(c, SENDER, Action.WROTE, letter.dispatch_id, detail)


def drop(c: sa.Connection, letter: Letter) -> None:
    """Nobody wants it."""
    _due(c, letter, None)


def _due(c: sa.Connection, letter: Letter, at: dt.datetime | None) -> None:
    c.execute(letters.update().where(letters.c.id == letter.id).values(due_at=at))
