"""What Python's collector of garbage has to do with many people at once: next to nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 400_000  # more than before; a few thousand people in hand have fewer


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
