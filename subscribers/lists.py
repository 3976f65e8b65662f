"""Lists in the database."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import sqlalchemy as sa

from subscribers.audience import silent
from subscribers.database import insert_one
from subscribers.errors import AlreadyThere, BadName, UnknownList
from subscribers.model import List, ListSummary, SubscriptionStatus
from subscribers.schema import lists, subscriptions

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# RFC 2919 §3: dot-atom-text (RFC 5322 §3.2.3) with at least one dot, at most 255 octets.
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LIST_ID = re.compile(rf"(?=.{{3,255}}\Z){_ATOM}(?:\.{_ATOM})+")


def create(connection: sa.Connection, name: str, title: str, list_id: str, at: dt.datetime) -> List:
    """Raises BadName, and AlreadyThere where the name or the List-Id is taken."""
    _check(name, title, list_id)
    values = {"name": name, "title": title, "list_id": list_id, "created_at": at}
    if not insert_one(connection, lists, values):
        taken = sa.select(lists).where((lists.c.name == name) | (lists.c.list_id == list_id))
        raise _already_there(connection.execute(taken).first(), name)
    return of_name(connection, name)


def check_name(name: str, what: str) -> None:
    """Of a list, or of another thing that is named alike. Raises BadName."""
    if not _NAME.fullmatch(name):
        raise BadName(
            f"{name!r} cannot name a {what}: use lower-case letters, digits and hyphens, at most 63"
        )


def _check(name: str, title: str, list_id: str) -> None:
    check_name(name, "list")
    if not title.strip() or not title.isprintable():
        raise BadName(f"{title!r} cannot be the title of a list: write one line of text")
    if not _LIST_ID.fullmatch(list_id):
        raise BadName(f"{list_id!r} is not a List-Id like {name}.example.org (RFC 2919)")


def _already_there(taken: Any, name: str) -> AlreadyThere:
    if taken.name == name:
        return AlreadyThere(f"there is a list {name!r} already: choose another name, or use it")
    return AlreadyThere(
        f"the List-Id {taken.list_id!r} belongs to the list {taken.name!r}: choose another"
    )


def of_name(connection: sa.Connection, name: str) -> List:
    """Raises UnknownList, which names those that there are."""
    found = connection.execute(sa.select(lists).where(lists.c.name == name)).first()
    if found is None:
        names = connection.scalars(sa.select(lists.c.name).order_by(lists.c.name)).all()
        known = f"choose one of: {', '.join(names)}" if names else "create it first: there is none"
        raise UnknownList(f"there is no list {name!r}: {known}")
    return from_row(found)


def from_row(row: Any) -> List:
    """A row that has the columns of `lists`."""
    return List(row.id, row.name, row.title, row.list_id, row.created_at)


def every(connection: sa.Connection) -> tuple[List, ...]:
    """By name."""
    return tuple(map(from_row, connection.execute(sa.select(lists).order_by(lists.c.name))))


def summaries(connection: sa.Connection) -> tuple[ListSummary, ...]:
    """Every list with its counts, by name: a look at every subscription."""
    return tuple(summary(connection, each) for each in every(connection))


def summary(connection: sa.Connection, wanted: List) -> ListSummary:
    """A list with its counts: a look at each of its subscriptions, in an index alone."""
    counts = dict(connection.execute(by_status(wanted.id)).all())
    return ListSummary(
        wanted,
        {status: counts.get(status, 0) for status in SubscriptionStatus},
        silent(connection, wanted.id, sa.true()),
    )


def by_status(list_id: int) -> sa.Select[str, int]:
    """(status, how many) of a list's subscriptions."""
    status = subscriptions.c.status
    counted = sa.select(status, sa.func.count()).where(subscriptions.c.list_id == list_id)
    return counted.group_by(status)
