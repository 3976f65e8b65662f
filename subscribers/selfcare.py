"""What people do for themselves: make a pause, take another address."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from subscribers import editing, suppression
from subscribers.address import Address
from subscribers.editing import Edit
from subscribers.fingerprint import Fingerprint
from subscribers.schema import subscribers, suppressions
from subscribers.suppression import LIFTED


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
    stopped = sa.select(suppressions.c.id).where(
        _names(c, to, fingerprint), suppressions.c.reason.not_in(LIFTED)
    )
    return c.scalar(taken) is None and c.scalar(stopped.limit(1)) is None


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
    named = (_names(c, to, fingerprint), suppressions.c.reason.in_(LIFTED))
    c.execute(sa.delete(suppressions).where(*named))
    editing.edit(c, subscriber_id, Edit(address=to), source, at)
    return str(before)


def _names(c: sa.Connection, address: Address, fingerprint: Fingerprint) -> sa.ColumnElement[bool]:
    names = suppression.names(c, [address.key], fingerprint)
    return suppressions.c.email_key.in_(names[address.key])
