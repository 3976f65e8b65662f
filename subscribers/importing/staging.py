"""The good rows of an import put aside, and given back person by person.

They lie in a private file of SQLite's that vanishes, and come back in the order of their address
keys: so rows of one person meet, an index takes people side by side, and memory does not grow with
the file. SQLite sorts outside of memory.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Final

from subscribers import bulk
from subscribers.address import Address
from subscribers.admission import Departure, Entry
from subscribers.errors import BadFile
from subscribers.importing.merging import merged
from subscribers.importing.telling import Told
from subscribers.instant import instant, microseconds
from subscribers.model import Consent, ConsentChange, SuppressionReason

_COLUMNS = "email, key, attributes, told"
KEY: Final = 1  # its place
_WIDTH = len(_COLUMNS.split(","))
_INSERT = f"INSERT INTO staged ({_COLUMNS}) VALUES "  # noqa: S608 # our own words
_IN_ORDER = f"SELECT {_COLUMNS} FROM staged ORDER BY key, id"  # noqa: S608 # our own words

Row = tuple[str, str, str, bytes]


class Staging:
    """`repeated` counts the rows about people of whom a later row tells too."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.repeated = 0
        self._connection = connection
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute(f"CREATE TABLE staged (id INTEGER PRIMARY KEY, {_COLUMNS})")

    def add(self, rows: Sequence[Row]) -> None:
        """What `row` made of entries."""
        self._connection.execute("BEGIN")
        for some in bulk.batches(rows, _WIDTH):
            values = tuple(chain.from_iterable(some))
            self._connection.execute(_INSERT + bulk.marks(some), values)
        self._connection.execute("COMMIT")

    def people(self, most: int) -> Iterator[Sequence[Entry]]:
        """Everybody once, in chunks of `most`. Where a later row says something else of them, it
        wins."""
        rows = self._connection.execute(_IN_ORDER)
        chunk: list[Row] = []
        while chunk := [*chunk, *rows.fetchmany(most - len(chunk))]:
            following: Row | None
            while (following := rows.fetchone()) and following[KEY] == chunk[-1][KEY]:
                chunk.append(following)
            yield self._united(chunk)
            chunk = [following] if following else []

    def _united(self, rows: Sequence[Row]) -> list[Entry]:
        if len({row[KEY] for row in rows}) == len(rows):
            return _entries(rows)
        people = [_entries(list(of_one)) for _, of_one in groupby(rows, itemgetter(KEY))]
        self.repeated += len(rows) - len(people)
        return [merged(entries) if len(entries) > 1 else entries[0] for entries in people]


@contextmanager
def staging() -> Iterator[Staging]:
    """Raises BadFile where there is no room for it."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        yield Staging(connection)
    except sqlite3.Error as error:
        raise BadFile(
            f"cannot be put aside for sorting ({error}): make room in the folder for temporary "
            "files (TMPDIR, else /var/tmp), or name another with SQLITE_TMPDIR"
        ) from error
    finally:
        connection.close()


def row(entry: Entry) -> Row:
    """An entry as it is put aside."""
    return (*entry.address, entry.attributes, packed(Told(*entry[2:])))


def packed(told: Told) -> bytes:
    """For `Row`; most people of a file have it in common with others."""
    consent, departure = told.consent, told.departure
    return marshal.dumps(
        (
            *(consent.how, consent.evidence, consent.ip, told.event.value),
            None if told.confirmed_at is None else microseconds(told.confirmed_at),
            None if departure is None else _left(departure),
            sorted(told.tags),
            told.language,
        )
    )


def _left(departure: Departure) -> tuple[str, str, int | None]:
    since = None if departure.at is None else microseconds(departure.at)
    return departure.reason.value, departure.source, since


def _entries(rows: Sequence[Row]) -> list[Entry]:
    emails, keys, attributes, told = zip(*rows, strict=True)
    more = zip(*map(_unpacked, told), strict=True)
    return list(map(Entry, map(Address, emails, keys), attributes, *more))


@lru_cache(maxsize=10_000)
def _unpacked(told: bytes) -> Told:
    how, evidence, ip, event, confirmed_at, left, tags, language = marshal.loads(told)  # noqa: S302 - ourselves
    return Told(
        Consent(how, evidence, ip),
        ConsentChange(event),
        None if confirmed_at is None else instant(confirmed_at),
        None if left is None else _departure(*left),
        frozenset(tags),
        language,
    )


def _departure(reason: str, source: str, left_at: int | None) -> Departure:
    return Departure(
        SuppressionReason(reason), source, None if left_at is None else instant(left_at)
    )
