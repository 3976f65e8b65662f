"""What libraries leave in cycles goes while a long row of things is gone through."""

from __future__ import annotations

import gc
import weakref

from subscribers.garbage import collected_rarely, tidied


class Cycle:
    """Holds itself, as a result of the database's library does."""

    def __init__(self) -> None:
        self.itself = self


def test_what_grew_old_before_it_was_garbage_goes_too() -> None:
    """As what a thread has in its hands while memory is tidied."""
    with collected_rarely():
        left = Cycle()
        gc.collect(1)
        known = weakref.ref(left)
        del left
        for number in tidied(range(4), 2):
            assert (known() is None) == (number >= 2)
