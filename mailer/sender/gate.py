"""A gate: one relay in the eyes of one run. Whether it may be used now, and how it fares."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

from mailer.errors import RelayUnavailable
from mailer.model.pace import Rest
from mailer.sender.pulse import Pulse
from mailer.sender.purse import Purse
from mailer.sender.route import Route
from mailer.sender.throttle import quota, rest
from mailer.sender.throttle.rest import Tempo


class Gate:
    """`changed` is called when it is worth looking again. `trouble` is why a connection could not
    be had the last time; `shut` is set when the relay refuses us, or was given up."""

    def __init__(
        self, route: Route, purse: Purse, tempo: Tempo, changed: Callable[[], None]
    ) -> None:
        self.route = route
        self.purse = purse
        self.trouble: RelayUnavailable | None = None
        self.shut = False
        self._tempo = tempo
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._rest: Rest | None = None
        self._distrust: Rest | None = None
        self._down_since = 0.0
        self._connections = 0
        self.pulse = Pulse(self._loop.time())

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def down(self) -> float:
        """Seconds for which it has had no connection, and could get none."""
        if self.trouble is None or self._connections:
            return 0.0
        return self._loop.time() - self._down_since

    @property
    def pause(self) -> float:
        """Seconds until a connection may be tried; 0 for now."""
        return self._left(self._rest)

    @property
    def wait(self) -> float:
        """Seconds until copies may be tried, its limits aside; 0 for now."""
        return self._left(self._distrust)

    def opened(self) -> None:
        """A connection is there."""
        self._connections += 1
        self.trouble = None
        self._rest = rest.eased(self._rest, self._now())

    def closed(self) -> None:
        """A connection is no more."""
        self._connections -= 1

    def failed(self, error: RelayUnavailable) -> None:
        """No connection could be had, or no other one beside those that stand."""
        if self.trouble is None:
            self._down_since = self._loop.time()
        self.trouble = error
        self._rest = rest.struck(self._rest, self._tempo, self._now())
        self._loop.call_later(self.pause, self._changed)

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
        return quota.EPOCH + dt.timedelta(seconds=self._loop.time())
