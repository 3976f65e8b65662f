"""Sifting the chunks of a table, the many of a long one by two processes at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import starmap
from typing import Any

from subscribers.hand import Act
from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sieve, Sifted
from subscribers.importing.table import Record
from subscribers.teamwork import shared

ALONE = 10  # chunks before a second process is worth its start


def sifted(source: Source, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Sifted]]:
    """Each chunk with what comes of it, in order."""
    for chunk, (rows, faults, never, typos) in shared(chunks, _plain, ALONE, _sieve, source):
        yield chunk, Sifted(rows, faults, never, Counter(typos))


def _plain(chunk: Chunk) -> list[tuple[Any, ...]]:
    return list(map(tuple, chunk))


def _sieve(source: Source) -> Act:
    sieve = Sieve(source)

    def sift(chunk: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        found = sieve.sift(list(starmap(Record, chunk)))
        return found.rows, found.faults, found.never, dict(found.typos)

    return sift
