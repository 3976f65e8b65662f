"""Work on the database in threads of its own: while one chunk is stored, the next is made ready."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def abreast(
    act: Callable[[_Given], _Made], chunks: Iterable[_Given], at_once: int
) -> Iterator[_Made]:
    """What `act` makes of each chunk, in order; of so many at once, and one more waits. Where one
    fails, those that were begun are brought to their end first.

    One at once needs no thread: SQLite's driver lets go of Python's lock at every row, and two
    threads would pass it back and forth.
    """
    if at_once == 1:
        for chunk in chunks:
            yield act(chunk)
        return
    begun: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(at_once) as threads:
        for chunk in chunks:
            begun.append(threads.submit(act, chunk))
            if len(begun) > at_once:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def ahead(things: Iterator[_Made], most: int) -> Iterator[_Made]:
    """Each thing while those after it are made, in a thread, at most so many: for what waits for a
    server."""
    with ThreadPoolExecutor(1) as thread:
        coming = deque(thread.submit(_following, things) for _ in range(most))
        while thing := coming.popleft().result():
            coming.append(thread.submit(_following, things))
            yield thing[0]


def _following(things: Iterator[_Made]) -> Sequence[_Made]:
    """The next one, or nothing."""
    return list(islice(things, 1))
