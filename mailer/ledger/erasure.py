"""Erasing a person from the ledger: every copy stays counted, and no longer says whose it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mailer.ledger.schema import attempts, deliveries, editions, metadata, pictures
from mailer.model.delivery import State

ERASED = "(erased)"
_PUBLISHED = (editions, pictures)  # what readers were sent is nobody's own
_TABLES = tuple(table for table in metadata.sorted_tables if table not in _PUBLISHED)
_OWNER = ("subscription_id", "subscriber_id", "email", "token")
_CODES = re.compile(r"\d{1,3}( \d\.\d{1,3}\.\d{1,3})?\b")  # what a relay's reply begins with
Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose copies: an id, if there is one, and spellings of an address."""

    subscriber_id: int | None
    spellings: frozenset[str]


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


def find(c: sa.Connection, owner: Owner) -> Findings:
    """Every row that is about somebody. Every table is looked through for the address, which takes
    its time; so it is done before the transaction that writes."""
    return Findings(
        {
            table: c.execute(sa.select(*_needed(table)).where(_is_about(table, owner))).all()
            for table in _TABLES
        }
    )


def _needed(table: sa.Table) -> list[sa.Column[Any]]:
    return [*table.primary_key, *_texts(table)]


def _texts(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        column for column in table.c if isinstance(column.type, sa.Text) and not column.primary_key
    ]


def _is_about(table: sa.Table, owner: Owner) -> sa.ColumnElement[bool]:
    named = [
        column.icontains(spelling, autoescape=True)
        for column in _texts(table)
        for spelling in sorted(owner.spellings)
    ]
    if table is deliveries and owner.subscriber_id is not None:
        named.append(deliveries.c.subscriber_id == owner.subscriber_id)
    return sa.or_(sa.false(), *named)


def erase(c: sa.Connection, findings: Findings, owner: Owner) -> None:
    """Take the person out of the rows that were found. What stands behind the address in a text,
    such as a name in a relay's words, goes with it."""
    spelt = "|".join(map(re.escape, owner.spellings))
    from_there_on = re.compile(f"({spelt}).*", re.IGNORECASE | re.DOTALL)
    for table, rows in findings.rows.items():
        for row in rows:
            texts = {column.name: row._mapping[column] for column in _texts(table)}
            said = {name: from_there_on.sub(ERASED, text) for name, text in texts.items() if text}
            c.execute(_row(table, row).values(said))
    for row in findings.rows[deliveries]:
        _disown(c, row)


def _disown(c: sa.Connection, row: Row) -> None:
    """Of what relays said to somebody's own copies nothing is kept but the codes."""
    codes = _CODES.match(row.reply)
    nobody = dict.fromkeys(_OWNER) | ({"reply": codes[0]} if codes else {})
    c.execute(_row(deliveries, row).values(nobody))
    mine = (attempts.c.dispatch_id == row.dispatch_id, attempts.c.seq == row.seq)
    c.execute(attempts.update().where(*mine).values(text=""))


def _row(table: sa.Table, row: Row) -> sa.Update:
    return table.update().where(*(column == row._mapping[column] for column in table.primary_key))
