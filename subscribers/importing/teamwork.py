"""Sifting the chunks of a table, the many of a long one by two processes at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from subscribers.importing.hand import hand
from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sifted, sift

ALONE = 10  # chunks before a second process is worth its start


def sifted(source: Source, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Sifted]]:
    """Each chunk with what comes of it, in order."""
    for chunk in islice(chunks, ALONE):
        yield chunk, sift(source, chunk)
    first = next(chunks, None)
    if first is not None and len(os.sched_getaffinity(0)) > 1:
        yield from _together(source, first, chunks)
    elif first is not None:
        yield first, sift(source, first)
        yield from ((chunk, sift(source, chunk)) for chunk in chunks)


def _together(
    source: Source, first: Chunk, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, Sifted]]:
    """The other process has two chunks in hand while the next is sifted here, where there is more
    to do: to read, and to put aside."""
    theirs = first
    with hand(source) as other:
        while theirs:
            other.give(theirs)
            ours = [(chunk, sift(source, chunk)) for chunk in islice(chunks, 1)]
            yield theirs, other.take()
            yield from ours
            theirs = [record for chunk in islice(chunks, 2) for record in chunk]
