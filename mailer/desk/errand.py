"""An errand: work that a worker does beside others, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mailer.sender.run import Stop

_FIRST_REST, _LONGEST_REST = 15.0, 300.0  # seconds


class Errand(threading.Thread):
    """`work` is handed what stops it, and says whether all went well; what it raises is told."""

    def __init__(
        self, name: str, work: Callable[[Stop], bool], tell: Callable[[str], None]
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.stop = Stop()
        self.well = False
        self._work = work
        self._tell = tell

    def run(self) -> None:
        try:
            self.well = self._work(self.stop)
        except Exception as error:  # one errand's trouble must not end the others
            self._tell(f"{self.name}: {error or type(error).__name__}")


class Rest:
    """The pause after errands that met trouble, or left things to wait for: longer each time, none
    after one that did not."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._until = 0.0

    def begin(self, well: bool) -> None:
        longer = min(max(_FIRST_REST, 2 * self._seconds), _LONGEST_REST)
        self._seconds = 0.0 if well else longer
        self._until = time.monotonic() + self._seconds

    def over(self) -> bool:
        return time.monotonic() >= self._until
