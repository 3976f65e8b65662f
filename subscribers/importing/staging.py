"""The good rows of an import put aside, and given back person by person.

They lie in a private file of SQLite's that vanishes, and come back in the order of their address
keys: so rows of one person meet, an index takes people side by side, and memory does not grow with
the file. SQLite sorts outside of memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, groupby, starmap
from operator import itemgetter

from subscribers import bulk
from subscribers.address import Address
from subscribers.admission import Departure, Entry
from subscribers.errors import BadFile
from subscribers.importing.merging import merged
from subscribers.instant import instant, microseconds
from subscribers.model import Consent, ConsentChange, SuppressionReason

_COLUMNS = (
    "email, key, attributes, how, evidence, ip, event, confirmed_at, reason, source, left_at, tags"
)
_KEY = 1  # its place
_WIDTH = len(_COLUMNS.split(","))
_INSERT = f"INSERT INTO staged ({_COLUMNS}) VALUES "  # noqa: S608 # our own words
_IN_ORDER = f"SELECT {_COLUMNS} FROM staged ORDER BY key, id"  # noqa: S608 # our own words


Row = tuple[str | int | None, ...]


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

    def people(self) -> Iterator[Entry]:
        """Everybody once. Where a later row says something else of them, it wins."""
        rows = self._connection.execute(_IN_ORDER)
        for _, of_one in groupby(rows, itemgetter(_KEY)):
            entry, *others = starmap(_entry, of_one)
            if others:
                self.repeated += len(others)
                entry = merged((entry, *others))
            yield entry


@contextmanager
def staging() -> Iterator[Staging]:
    """Raises BadFile where there is no room for it."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        yield Staging(connection)
    except sqlite3.Error as error:
        raise BadFile(
            f"cannot be put aside for sorting ({error}): make room in the folder for temporary "
            "files, or name another with SQLITE_TMPDIR"
        ) from error
    finally:
        connection.close()


def row(entry: Entry) -> Row:
    """An entry as it is put aside."""
    consent, departure = entry.consent, entry.departure
    return (
        *entry.address,
        entry.attributes,
        consent.how,
        consent.evidence,
        consent.ip,
        entry.event.value,
        None if entry.confirmed_at is None else _microseconds(entry.confirmed_at),
        *((None, None, None) if departure is None else _left(departure)),
        json.dumps(sorted(entry.tags)) if entry.tags else None,
    )


def _left(departure: Departure) -> tuple[str, str, int | None]:
    since = None if departure.at is None else microseconds(departure.at)
    return departure.reason.value, departure.source, since


def _entry(
    email: str,
    key: str,
    attributes: str,
    how: str,
    evidence: str,
    ip: str | None,
    event: str,
    confirmed_at: int | None,
    reason: str | None,
    source: str,
    left_at: int | None,
    tags: str | None,
) -> Entry:
    return Entry(
        Address(email, key),
        attributes,
        _consent(how, evidence, ip),
        _EVENTS[event],
        None if confirmed_at is None else _instant(confirmed_at),
        None if reason is None else _departure(reason, source, left_at),
        frozenset(json.loads(tags)) if tags else _NO_TAGS,
    )


def _departure(reason: str, source: str, left_at: int | None) -> Departure:
    return Departure(
        SuppressionReason(reason), source, None if left_at is None else instant(left_at)
    )


# Most people of a file have their consent, or its time, in common with others.
_consent = lru_cache(maxsize=1_000)(Consent)
_instant = lru_cache(maxsize=10_000)(instant)
_microseconds = lru_cache(maxsize=10_000)(microseconds)
_EVENTS = {event.value: event for event in ConsentChange}
_NO_TAGS: frozenset[str] = frozenset()
