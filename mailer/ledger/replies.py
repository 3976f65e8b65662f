"""What people wrote to the return path: handed on to the editor, once each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from mailer.ledger import clock
from mailer.ledger.schema import replies

_MAILING = dt.timedelta(minutes=15)  # nobody mails one for longer
_FIRST, _TRIES = dt.timedelta(minutes=5), 8  # 5, 10, 20 … minutes: eleven hours in all


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a person. `occasion` is the same for one that comes again."""

    occasion: str
    sender: str
    subject: str
    wants_out: bool
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that is to be handed on."""

    id: int
    sender: str
    subject: str
    wants_out: bool
    tries: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to be removed."""

    id: int
    at: dt.datetime
    sender: str
    subject: str


def is_known(c: sa.Connection, occasion: str) -> bool:
    return c.scalar(sa.select(replies.c.id).where(replies.c.occasion == occasion)) is not None


def keep(c: sa.Connection, written: Written, at: dt.datetime) -> None:
    row = {
        "occasion": written.occasion,
        "at": at,
        "sender": written.sender,
        "subject": written.subject,
        "wants_out": written.wants_out,
        "content": written.content,
        "due_at": clock.now(c),
    }
    c.execute(replies.insert().values(row))


def is_due(c: sa.Connection) -> bool:
    query = sa.select(replies.c.id).where(replies.c.due_at <= clock.now(c))
    return c.scalar(query.limit(1)) is not None


def claim(c: sa.Connection) -> Waiting | None:
    """The next one to hand on; nobody else gets it meanwhile."""
    now = clock.now(c)
    names = ("id", "sender", "subject", "wants_out", "tries", "content")
    query = sa.select(*(replies.c[name] for name in names)).where(replies.c.due_at <= now)
    row = c.execute(query.order_by(replies.c.due_at).limit(1).with_for_update()).one_or_none()
    if row is None:
        return None
    claimed = {"due_at": now + _MAILING, "tries": row.tries + 1}
    c.execute(replies.update().where(replies.c.id == row.id).values(claimed))
    return Waiting(row.id, row.sender, row.subject, row.wants_out, row.tries + 1, row.content)


def handed_on(c: sa.Connection, reply: Waiting) -> None:
    """It is a person's letter: nothing of it is kept that nobody needs."""
    done = {"due_at": None, "content": None}
    c.execute(replies.update().where(replies.c.id == reply.id).values(done))


def put_off(c: sa.Connection, reply: Waiting) -> None:
    """Try again later, a few times; then it stays here, unread."""
    again = clock.now(c) + _FIRST * 2 ** (reply.tries - 1)
    due = again if reply.tries < _TRIES else None
    c.execute(replies.update().where(replies.c.id == reply.id).values(due_at=due))


def wishes(c: sa.Connection) -> list[Wish]:
    """Those that nobody has seen to, the oldest first."""
    query = sa.select(replies.c.id, replies.c.at, replies.c.sender, replies.c.subject).where(
        replies.c.wants_out, replies.c.settled_at.is_(None)
    )
    return [Wish(*row) for row in c.execute(query.order_by(replies.c.id))]


def settle(c: sa.Connection, reply_id: int, at: dt.datetime) -> bool:
    """Somebody saw to it; False where there was nothing to see to."""
    mine = (replies.c.id == reply_id, replies.c.wants_out, replies.c.settled_at.is_(None))
    return bool(c.execute(replies.update().where(*mine).values(settled_at=at)).rowcount)


def forget(c: sa.Connection, email_keys: Collection[str]) -> None:
    """The letters of erased people leave too."""
    c.execute(replies.delete().where(sa.func.lower(replies.c.sender).in_(email_keys)))
