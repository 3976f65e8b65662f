"""Sifting the records of a table: the good ones as they are put aside, why the others are bad.

It is most of the work of reading, and needs nothing but the records: see `hand`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from subscribers.errors import SubscribersError
from subscribers.importing.hints import meant
from subscribers.importing.rows import Source
from subscribers.importing.staging import Row, row
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


def sift(source: Source, chunk: Chunk) -> Sifted:
    sifted = Sifted()
    for position, record in enumerate(chunk):
        try:
            entry = source.entry(record)
        except SubscribersError as error:
            sifted.faults.append((position, str(error)))
            continue
        if entry is None:
            sifted.never += 1
            continue
        sifted.rows.append(row(entry))
        domain = entry.address.key.rpartition("@")[2]
        if meant(domain):
            sifted.typos[domain] += 1
    return sifted
