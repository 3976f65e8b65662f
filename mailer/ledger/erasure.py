"""Erasing people from the ledger: every copy stays counted, and no longer says whose it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from mailer.ledger import notices, replies, reports
from mailer.ledger.mentions import Mentions
from mailer.ledger.schema import (
    attempts,
    deliveries,
    editions,
    metadata,
    pictures,
)
from mailer.model.delivery import State

ERASED = "(erased)"
_PUBLISHED = (editions, pictures)  # what readers were sent is nobody's own
_TABLES = tuple(table for table in metadata.sorted_tables if table not in _PUBLISHED)
_ADDRESSES = ("email", "email_key", "sender")  # columns that hold an address and nothing else
_OWNER = ("subscription_id", "subscriber_id", "email", "token")
_CODES = re.compile(r"\d{1,3}( \d\.\d{1,3}\.\d{1,3})?\b")  # what a relay's reply begins with
_PAGE = 5_000  # rows in memory: where relays name the message in their replies, all are looked at
Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Owners:
    """Whose copies: ids of people, and spellings of their addresses."""

    subscriber_ids: frozenset[int]
    spellings: frozenset[str]

    @cached_property
    def lowered(self) -> frozenset[str]:
        return frozenset(spelling.lower() for spelling in self.spellings)

    @cached_property
    def mentions(self) -> Mentions:
        return Mentions(self.spellings)


@dataclass(frozen=True, slots=True)
class Findings:
    rows: Mapping[sa.Table, Collection[Row]]

    @property
    def copies(self) -> int:
        return len(self.rows[deliveries])

    @property
    def on_the_way(self) -> int:
        """With a relay at this moment: what it answers may say the address."""
        return sum(row.state == State.SENDING for row in self.rows[deliveries])

    def __bool__(self) -> bool:
        return any(self.rows.values())

    def of(self, owners: Owners) -> Findings:
        """Those that are about these of the people for whom it was looked."""
        return Findings({table: _about(rows, table, owners) for table, rows in self.rows.items()})


def find(c: sa.Connection, owners: Owners) -> Findings:
    """Every row that is about somebody. Every table is looked through for the addresses, which
    takes its time; so it is done before the transaction that writes."""
    return Findings({table: _find_in(c, table, owners) for table in _TABLES})


def _find_in(c: sa.Connection, table: sa.Table, owners: Owners) -> list[Row]:
    texts = _texts(table)
    id_ = table.c.get("subscriber_id", sa.null())
    query = sa.select(*table.primary_key, *texts, id_.label("whose")).where(_may_be(table, owners))
    return _about(c.execute(query.execution_options(yield_per=_PAGE)), table, owners)


def _about(rows: Iterable[Row], table: sa.Table, owners: Owners) -> list[Row]:
    texts = _texts(table)
    return [
        row for row in rows if row.whose in owners.subscriber_ids or _mentions(row, texts, owners)
    ]


def _texts(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        column for column in table.c if isinstance(column.type, sa.Text) and not column.primary_key
    ]


def _may_be(table: sa.Table, owners: Owners) -> sa.ColumnElement[bool]:
    """Rows that are worth a closer look."""
    marks: list[sa.ColumnElement[bool]] = [
        sa.func.lower(column).in_(owners.lowered)
        if column.name in _ADDRESSES
        else column.contains("@")
        for column in _texts(table)
    ]
    if "subscriber_id" in table.c:
        marks.append(table.c.subscriber_id.in_(owners.subscriber_ids))
    return sa.or_(sa.false(), *marks)


def _mentions(row: Row, texts: Collection[sa.Column[Any]], owners: Owners) -> bool:
    return any(_says(column, row._mapping[column] or "", owners) for column in texts)


def _says(column: sa.Column[Any], text: str, owners: Owners) -> bool:
    if column.name in _ADDRESSES:
        return text.lower() in owners.lowered
    return owners.mentions.first(text) is not None


def erase(c: sa.Connection, findings: Findings, owners: Owners) -> None:
    """Take the people out of the rows that were found; what they wrote themselves goes. What stands
    behind an address in a text, such as a name in a relay's words, goes with it."""
    for table, rows in findings.rows.items():
        for row in rows:
            _shorten(c, table, row, owners)
    for row in findings.rows[deliveries]:
        if row.whose in owners.subscriber_ids or (row.email or "").lower() in owners.lowered:
            _disown(c, row)
    reports.forget(c, owners.lowered)
    replies.forget(c, owners.lowered)
    notices.forget(c, owners.lowered)


def _shorten(c: sa.Connection, table: sa.Table, row: Row, owners: Owners) -> None:
    """The texts that name them, and no other column: others go on writing between what was found
    and this, and a state that is put back would send a copy twice."""
    naming = [
        column
        for column in _texts(table)
        if column.name not in _ADDRESSES
        and owners.mentions.first(row._mapping[column] or "") is not None
    ]
    now = c.execute(_as_it_is(table, row, naming)).one_or_none() if naming else None
    if now is not None:
        said = {each.name: _without(now._mapping[each] or "", owners) for each in naming}
        c.execute(table.update().where(*_is(table, row)).values(said))


def _without(text: str, owners: Owners) -> str:
    return text if (at := owners.mentions.first(text)) is None else text[:at] + ERASED


def _disown(c: sa.Connection, row: Row) -> None:
    """Of what relays said to somebody's own copies nothing is kept but the codes."""
    reply = c.scalar(_as_it_is(deliveries, row, [deliveries.c.reply]))
    codes = _CODES.match(reply or "")
    nobody = dict.fromkeys(_OWNER) | ({"reply": codes[0]} if codes else {})
    c.execute(deliveries.update().where(*_is(deliveries, row)).values(nobody))
    mine = (attempts.c.dispatch_id == row.dispatch_id, attempts.c.seq == row.seq)
    c.execute(attempts.update().where(*mine).values(text=""))


def _as_it_is(
    table: sa.Table, row: Row, columns: Collection[sa.Column[Any]]
) -> sa.Select[*tuple[Any, ...]]:
    """By now; nobody else changes it until the transaction ends."""
    return sa.select(*columns).where(*_is(table, row)).with_for_update()


def _is(table: sa.Table, row: Row) -> list[sa.ColumnElement[bool]]:
    return [column == row._mapping[column] for column in table.primary_key]
