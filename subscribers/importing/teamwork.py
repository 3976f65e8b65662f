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
    """The other process has its next chunks in hand before what came of the last is put aside. It
    gets three of four: there is more to do here."""
    theirs = first
    with hand(source) as other:
        other.give(theirs)
        while theirs:
            ours = [(chunk, sieve.sift(chunk)) for chunk in islice(chunks, 1)]
            following = [record for chunk in islice(chunks, 3) for record in chunk]
            found = other.take()
            if following:
                other.give(following)
            yield theirs, found
            yield from ours
            theirs = following
