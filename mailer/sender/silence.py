"""For how long no relay has said a word to a run that waits for one."""

from __future__ import annotations

from collections.abc import Callable


class Silence:
    """`clock` gives seconds, and only goes forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._waiting = 0  # copies on record that have not come back

    def sent_off(self) -> None:
        """One more copy is on record."""
        if not self._waiting:
            self._since = self._clock()
        self._waiting += 1

    def came_back(self, answered: bool) -> None:
        """One of them did, with a relay's answer or without one."""
        self._waiting -= 1
        if answered:
            self._since = self._clock()

    @property
    def seconds(self) -> float:
        """0 while nothing is waited for."""
        return self._clock() - self._since if self._waiting else 0.0
