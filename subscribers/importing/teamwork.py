"""Sifting the chunks of a table, the many of a long one by two processes at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from subscribers.importing.hand import hand
from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sieve, Sifted

ALONE = 10  # chunks before a second process is worth its start


def sifted(source: Source, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Sifted]]:
    """Each chunk with what comes of it, in order."""
    sieve = Sieve(source)
    for chunk in islice(chunks, ALONE):
        yield chunk, sieve.sift(chunk)
    first = next(chunks, None)
    if first is not None and len(os.sched_getaffinity(0)) > 1:
        yield from _together(source, sieve, first, chunks)
    elif first is not None:
        yield first, sieve.sift(first)
        yield from ((chunk, sieve.sift(chunk)) for chunk in chunks)


def _together(
    source: Source, sieve: Sieve, first: Chunk, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, Sifted]]:
    """The other process has two chunks in hand while the next is sifted here, where there is more
    to do: to read, and to put aside."""
    theirs = first
    with hand(source) as other:
        while theirs:
            other.give(theirs)
            ours = [(chunk, sieve.sift(chunk)) for chunk in islice(chunks, 1)]
            yield theirs, other.take()
            yield from ours
            theirs = [record for chunk in islice(chunks, 2) for record in chunk]
