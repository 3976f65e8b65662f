"""Sifting the records of a table: the good ones as they are put aside, why the others are bad.

It is most of the work of reading, and needs nothing but the records: see `teamwork`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from subscribers.errors import SubscribersError
from subscribers.importing.glance import Glance
from subscribers.importing.hints import meant
from subscribers.importing.rows import Source
from subscribers.importing.staging import KEY, Row, row
from subscribers.importing.table import Record

Chunk = Sequence[Record]


@dataclass(slots=True)
class Sifted:
    """`faults` are (position in the chunk, why it is bad); `never` counts those who were no
    subscribers, `typos` the addresses of domains that look mistyped."""

    rows: list[Row] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    never: int = 0
    typos: Counter[str] = field(default_factory=Counter)


class Sieve:
    """For the rows of one table."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._glance = Glance(source)

    def sift(self, chunk: Chunk) -> Sifted:
        sifted = Sifted()
        for position, told in enumerate(self._glance.rows(chunk)):
            found = told or self._closer(chunk[position], position, sifted)
            if found is not None:
                sifted.rows.append(found)
        sifted.typos.update(filter(meant, map(_domain, sifted.rows)))
        return sifted

    def _closer(self, record: Record, position: int, sifted: Sifted) -> Row | None:
        try:
            entry = self._source.entry(record)
        except SubscribersError as error:
            sifted.faults.append((position, str(error)))
            return None
        if entry is None:
            sifted.never += 1
            return None
        return row(entry)


def _domain(told: Row) -> str:
    return told[KEY].rpartition("@")[2]
