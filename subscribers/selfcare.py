"""What people do for themselves: make a pause, take another address."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers import editing, suppression
from subscribers.address import Address
from subscribers.editing import Edit
from subscribers.fingerprint import Fingerprint
from subscribers.schema import subscribers, subscriptions


def paused_until(c: sa.Connection, subscriber_id: int) -> dt.datetime | None:
    return c.scalar(sa.select(subscribers.c.paused_until).where(subscribers.c.id == subscriber_id))


def pause(c: sa.Connection, subscriber_id: int, until: dt.datetime | None) -> None:
    """Nothing of any list is mailed before then; None ends a pause."""
    mine = subscribers.c.id == subscriber_id
    c.execute(sa.update(subscribers).where(mine).values(paused_until=until))


def may_move(c: sa.Connection, to: Address, fingerprint: Fingerprint) -> bool:
    """Whether a person may take this address: nobody has it, and it is not one that complained or
    that the editor has stopped."""
    taken = sa.select(subscribers.c.id).where(subscribers.c.email_key == to.key)
    return c.scalar(taken) is None and suppression.may_come(c, to.key, fingerprint)


def move(
    c: sa.Connection,
    subscriber_id: int,
    to: Address,
    source: str,
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> str | None:
    """Give a person, who has proved that it is theirs, another address; the one they had before.
    None where that cannot be any more. That mail to it came back once counts no longer."""
    mine = subscribers.c.id == subscriber_id
    before = c.scalar(sa.select(subscribers.c.email).where(mine).with_for_update())
    if before is None or not may_move(c, to, fingerprint):
        return None
    theirs = sa.select(subscriptions.c.list_id).where(
        subscriptions.c.subscriber_id == subscriber_id
    )
    for list_id in c.scalars(theirs).all():
        suppression.lift(c, to.key, list_id, fingerprint)
    editing.edit(c, subscriber_id, Edit(address=to), source, at, fingerprint=fingerprint)
    return str(before)
