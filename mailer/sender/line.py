"""The line: a connection once it is ready for copies. Callbacks in and out, no task of its own."""

from __future__ import annotations

import asyncio

from mailer.sender.replies import ReplyParser
from mailer.sender.session import Session

# A body goes out in portions of this many octets, each when there is room for it.
_PORTION = 65536


class Line(asyncio.Protocol):
    """Carries a session's words, and counts the time that the server may take. asyncio sets
    TCP_NODELAY by itself."""

    _session: Session

    def __init__(self, transport: asyncio.Transport, tick: float) -> None:
        """`tick` is how often the time is looked at, in seconds."""
        self._transport = transport
        self._tick = tick
        self._loop = asyncio.get_running_loop()
        self._parser = ReplyParser()
        self._rest: memoryview | None = None  # of a body, with `_end` behind it
        self._end = b""
        self._full = False
        self._allowed = 0.0
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.ended = asyncio.Event()

    def carry(self, session: Session) -> None:
        """From now on all that comes is for this session."""
        self._session = session
        self._transport.set_protocol(self)

    # What asyncio calls.

    def data_received(self, data: bytes) -> None:
        self._session.receive(self._parser.feed(data))

    def eof_received(self) -> None:
        where = " in the middle of a reply" if self._parser.midway else ""
        self._session.fail(f"the server closed the connection{where}", gone=True)

    def connection_lost(self, exc: Exception | None) -> None:
        why = f"the connection was lost: {exc}" if exc else "the connection was closed"
        self._session.fail(why, gone=True)
        self.drop()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._pour_on()

    # What a session calls.

    @property
    def open(self) -> bool:
        """A failed write closes asyncio's transport at once, and is told a turn later."""
        return not self._transport.is_closing()

    @property
    def midway(self) -> bool:
        return self._parser.midway

    @property
    def pouring(self) -> bool:
        return self._rest is not None

    def write(self, words: bytes) -> None:
        if words:
            self._transport.write(words)

    def pour(self, body: bytes, end: bytes) -> None:
        if len(body) <= _PORTION:
            self._transport.writelines((body, end))
        else:
            self._rest, self._end = memoryview(body), end
            self._pour_on()

    def _pour_on(self) -> None:
        """The next portion of a large body; between two of them others have their turn."""
        if self._rest is None or self._full or not self.open:
            return
        portion, self._rest = self._rest[:_PORTION], self._rest[_PORTION:]
        if self._rest:
            self._transport.write(portion)
            self.expect(self._allowed)
            self._loop.call_soon(self._pour_on)
        else:
            self._rest = None
            self._transport.writelines((portion, self._end))
            self._session.poured()

    def expect(self, seconds: float | None) -> None:
        if seconds is None:
            self._deadline = None
            return
        self._allowed = seconds
        self._deadline = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_later(min(seconds, self._tick), self._look_at_time)

    def _look_at_time(self) -> None:
        """One timer for all that is expected: to set one for each would cost more than to wait."""
        self._timer = None
        if self._deadline is None:
            return
        left = self._deadline - self._loop.time()
        if left <= 0:
            self._session.fail(f"the server was silent for {self._allowed:g} s")
        else:
            self._timer = self._loop.call_later(min(left, self._tick), self._look_at_time)

    def drop(self) -> None:
        """Close at once; what has not left yet never will."""
        self._deadline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._transport.abort()
        self.ended.set()
