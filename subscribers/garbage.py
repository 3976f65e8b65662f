"""What Python's collector of garbage has to do with many people at once: next to nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_OBJECTS = 400_000  # more than before; a few thousand people in hand have fewer

_Thing = TypeVar("_Thing")


@contextmanager
def collected_rarely() -> Iterator[None]:
    """People have no cycles: to look for some among the many objects of a chunk again and again
    takes an eighth of the time of an import or an export."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def tidied(things: Iterable[_Thing], some: int) -> Iterator[_Thing]:
    """Each thing; after so many what the database's library left in cycles is taken away. That is
    looked for among all objects: what was in a thread's hands at one look is old at the next, and
    would stay with the people that it holds."""
    for number, thing in enumerate(things, 1):
        yield thing
        del thing
        if number % some == 0:
            gc.collect()
