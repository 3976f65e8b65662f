"""Notices: mails to one person who waits for them, such as a confirmation.

Whoever mails one claims it first, by moving its time on; were it to die then, the notice is mailed
again after that, for somebody waits for it and a second copy does no harm (it has the same
Message-ID). The time is the database's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from mailer.ledger import clock
from mailer.ledger.schema import notices
from mailer.model.delivery import State

# No attempt takes longer: a relay may think about a whole message for ten minutes (RFC 5321
# §4.5.3.2.6).
CLAIMED = dt.timedelta(minutes=12)
DOUBTED = dt.timedelta(minutes=1)  # after an attempt of which nobody knows whether it arrived
KEPT = dt.timedelta(days=30)
_DAYS = dt.timedelta(days=3)


class Kind(StrEnum):
    CONFIRM = "confirm"  # a sign-up
    INVITE = "invite"  # people of whom no consent is known
    KNOWN = "known"  # a sign-up for what they get already
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    ACCESS = "access"  # the way to what is kept of them
    MOVE = "move"  # to a new address
    MOVED = "moved"  # to the one before it


LASTS: Mapping[Kind, dt.timedelta] = {  # how long it is worth being mailed
    **dict.fromkeys(Kind, _DAYS),
    Kind.ACCESS: dt.timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be mailed to whom, see `notices` in the schema."""

    kind: Kind
    email: str
    lang: str
    list_title: str = ""
    subject: bytes | None = field(default=None, repr=False)
    subscription: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """One that was claimed; `attempt` counts from 1."""

    id: int
    order: Order
    attempt: int
    created_at: dt.datetime


def order(c: sa.Connection, wanted: Order) -> None:
    """See that it is mailed, at once."""
    order_all(c, [wanted])


def order_all(c: sa.Connection, wanted: Iterable[Order]) -> None:
    now = clock.now(c)
    rows = [_row(each, now) for each in wanted]
    if rows:
        c.execute(notices.insert(), rows)


def _row(wanted: Order, now: dt.datetime) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "email": wanted.email,
        "subject": wanted.subject,
        "subscription": wanted.subscription,
        "list_title": wanted.list_title,
        "lang": wanted.lang,
        "state": State.PLANNED,
        "due_at": now,
        "expires_at": now + LASTS[wanted.kind],
        "created_at": now,
        "changed_at": now,
    }


def is_due(c: sa.Connection) -> bool:
    query = sa.select(notices.c.id).where(notices.c.due_at <= clock.now(c))
    return c.scalar(query.limit(1)) is not None


def claim(c: sa.Connection, most: int) -> list[Notice]:
    """The next that are due, the oldest first; nobody else gets them meanwhile. What has waited for
    too long has failed, and what was settled long ago is forgotten."""
    now = clock.now(c)
    _tidy(c, now)
    query = sa.select(notices).where(notices.c.due_at <= now).order_by(notices.c.id).limit(most)
    found = [_notice(row) for row in c.execute(query.with_for_update(skip_locked=True))]
    claimed = {
        "state": State.SENDING,
        "attempt": notices.c.attempt + 1,
        "due_at": now + CLAIMED,
        "changed_at": now,
    }
    for notice in found:
        c.execute(notices.update().where(notices.c.id == notice.id).values(claimed))
    return found


def _tidy(c: sa.Connection, now: dt.datetime) -> None:
    late = (notices.c.due_at <= now, notices.c.expires_at <= now)
    ended = {"state": State.FAILED, "due_at": None, "changed_at": now}
    c.execute(notices.update().where(*late).values(ended))
    c.execute(notices.delete().where(notices.c.due_at.is_(None), notices.c.changed_at < now - KEPT))


def settle(
    c: sa.Connection,
    notice: Notice,
    state: State,
    due_at: dt.datetime | None,
    reply: str,
    edition_id: int | None,
) -> None:
    """What became of an attempt; `due_at` None for the last one."""
    mine = (notices.c.id == notice.id, notices.c.attempt == notice.attempt)
    if state is State.UNCERTAIN:
        due_at = clock.now(c) + DOUBTED
    row = {
        "state": state,
        "due_at": due_at,
        "reply": reply,
        "edition_id": edition_id,
        "changed_at": clock.now(c),
    }
    c.execute(notices.update().where(*mine).values(row))


def waiting(c: sa.Connection) -> int:
    """How many are not settled."""
    query = sa.select(sa.func.count()).select_from(notices).where(notices.c.due_at.is_not(None))
    return int(c.scalar(query) or 0)


def _notice(row: sa.Row[tuple[object, ...]]) -> Notice:
    wanted = Order(
        Kind(row.kind), row.email, row.lang, row.list_title, row.subject, row.subscription
    )
    return Notice(row.id, wanted, row.attempt + 1, row.created_at)


def forget(c: sa.Connection, email_keys: Collection[str]) -> None:
    """Erased people wait for no mail."""
    c.execute(notices.delete().where(sa.func.lower(notices.c.email).in_(email_keys)))
