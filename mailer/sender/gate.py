"""A gate: one relay in the eyes of one run. Whether it may be used now, and how it fares."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailer.errors import RelayUnavailable
from mailer.model.pace import EPOCH, Rest
from mailer.sender.places import Places
from mailer.sender.pulse import Pulse
from mailer.sender.purse import Purse
from mailer.sender.route import Route
from mailer.sender.throttle import rest
from mailer.sender.throttle.rest import Tempo


class Gate:
    """`changed` is called when it is worth looking again. `trouble` is why there is no connection;
    `shut` is set when the relay refuses us, or was given up, `tired` when it takes nothing for so
    long that the run does not wait for it.

    Whoever wants a connection takes a place first. Where the relay refuses one beside those that
    stand, there is a place less: others wait for one to be given back, and one more is tried after
    a while. `places` are those that this sender may have, where all senders share them.
    """

    def __init__(
        self,
        route: Route,
        purse: Purse,
        tempo: Tempo,
        changed: Callable[[], None],
        places: Places | None = None,
    ) -> None:
        self.route = route
        self.purse = purse
        self.places = places
        self.trouble: RelayUnavailable | None = None
        self.shut = False
        self.tired = False
        self._tempo = tempo
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._rest: Rest | None = None
        self._distrust: Rest | None = None
        self._down_since = 0.0
        self._taken = 0
        self._open = 0
        self._places: int | None = None  # as far as the relay has let us know
        self._full: Rest | None = None  # until one more is tried
        self.pulse = Pulse(self._loop.time())

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def connected(self) -> bool:
        return self._open > 0

    @property
    def down(self) -> float:
        """Seconds for which it has had no connection, and could get none."""
        if self.trouble is None or self._open:
            return 0.0
        return self._loop.time() - self._down_since

    @property
    def pause(self) -> float:
        """Seconds until a connection may be tried; 0 for now."""
        if self.places is not None and not self.places.free:
            return self.places.every
        if self._places is not None and self._taken >= self._places:
            return self._left(self._full)
        return self._left(self._rest)

    @property
    def wait(self) -> float:
        """Seconds until copies may be tried, its limits aside; 0 for now."""
        return self._left(self._distrust)

    @property
    def crowded(self) -> bool:
        """Whether other senders have all its places."""
        return self.places is not None and self.places.none

    def enter(self) -> None:
        """Take a place, for a connection that is to be opened."""
        self._taken += 1
        if self.places is not None:
            self.places.taken += 1

    def leave(self) -> None:
        """Give the place back."""
        self._taken -= 1
        if self.places is not None:
            self.places.leave()
        self._changed()

    def called_back(self) -> bool:
        """Whether a place is to be given back, for another sender."""
        return self.places is not None and self.places.called_back()

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """While the block runs, one more waits for a place."""
        if self.places is None:
            yield
            return
        self.places.queue += 1
        try:
            yield
        finally:
            self.places.queue -= 1

    def opened(self) -> None:
        """There is a connection on a place that was taken."""
        self._open += 1
        self.trouble = None
        self._rest = rest.eased(self._rest, self._now())
        if self._places is not None and self._open > self._places:
            self._places = self._open
            self._full = rest.eased(self._full, self._now())

    def closed(self) -> None:
        """There is no connection on it any more."""
        self._open -= 1

    def failed(self, error: RelayUnavailable) -> str:
        """There is none; what follows, for a person."""
        if self._open:
            self._places = max(self._open, self._taken - 1)
            self._full = rest.struck(self._full, rest.FULL, self._now())
            self._loop.call_later(self._left(self._full), self._changed)
            return "going on with fewer connections"
        if self.trouble is None:
            self._down_since = self._loop.time()
        self.trouble = error
        self._rest = rest.struck(self._rest, self._tempo, self._now())
        self._loop.call_later(self.pause, self._changed)
        return f"trying again in {self.pause:.0f} s"

    def distrust(self) -> None:
        """It takes connections and no copies."""
        self._distrust = rest.struck(self._distrust, rest.REFUSING, self._now())
        self._loop.call_later(self.wait, self._changed)

    def _left(self, found: Rest | None) -> float:
        if found is None or not rest.resting(found, now := self._now()):
            return 0.0
        return (found.until - now).total_seconds()

    def _now(self) -> dt.datetime:
        """By a clock that only goes forward."""
        return EPOCH + dt.timedelta(seconds=self._loop.time())
