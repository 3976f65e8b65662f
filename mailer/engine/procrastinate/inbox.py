"""What Procrastinate has brought to this worker, and nobody here has taken yet."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

PATIENCE = 3.0  # seconds; a run begins within two


@dataclass(eq=False, slots=True)
class _Offer:
    """A number on offer, from the event loop in which it was made."""

    number: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it the wait
            self.loop.call_soon_threadsafe(self.over.set)


class Inbox(Generic[K]):
    """Numbers by key, first in, first out: jobs offer them in their event loop, and whoever can use
    one takes it in another thread. One that nobody takes in time goes, so that its job makes
    room for another. It is open at first."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._offers: defaultdict[K, deque[_Offer]] = defaultdict(deque)
        self._is_open = True

    async def offer(self, key: K, number: int) -> None:
        """Until it is taken, `patience` is over, or the inbox shut."""
        offer = _Offer(number)
        with self._lock:
            if not self._is_open:
                return
            self._offers[key].append(offer)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(offer.over.wait(), self._patience)
        finally:
            self._drop(key, offer)

    def take(self, key: K) -> int | None:
        with self._lock:
            if not self._offers[key]:
                return None
            offer = self._offers[key].popleft()
        offer.end()
        return offer.number

    def keys(self) -> list[K]:
        """Of which something is on offer."""
        with self._lock:
            return [key for key, offers in self._offers.items() if offers]

    def open(self) -> None:
        with self._lock:
            self._is_open = True

    def shut(self) -> None:
        """End every offer, those that come later at once."""
        with self._lock:
            self._is_open = False
            offers = [offer for offers in self._offers.values() for offer in offers]
            self._offers.clear()
        for offer in offers:
            offer.end()

    def _drop(self, key: K, offer: _Offer) -> None:
        with self._lock:
            offers = self._offers.get(key, deque())
            if offer in offers:  # else it was taken
                offers.remove(offer)
