"""How far a run is, told a few times a second: to draw it for each copy would cost more than the
copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EVERY = 0.1  # seconds


class Progress:
    """`told` gets the number of copies since it was last called. Use it in an event loop."""

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._count = 0

    def count(self) -> None:
        """One more."""
        self._count += 1
        if self._count == 1:
            self._loop.call_later(_EVERY, self.tell)

    def tell(self) -> None:
        count, self._count = self._count, 0
        if count:
            self._told(count)
