"""The wire: one connection to a server. Octets go out, replies come in."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from mailer.model.outcome import Reply
from mailer.sender.replies import BadReply, RawReply, ReplyParser

# More replies than this that nobody asked for are a flood, not a conversation.
_MOST_UNREAD = 32
# A body goes out in portions of this many octets, each when there is room for it.
_PORTION = 65536


class WireFault(Exception):
    """The connection is of no more use; the text says why. Never leaves `sender/`."""

    @property
    def reply(self) -> Reply:
        return Reply(0, "", str(self))


class Wire(asyncio.Protocol):
    """Used by one task at a time. asyncio sets TCP_NODELAY on it by itself."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser = ReplyParser()
        self._replies: deque[RawReply] = deque()
        self._fault = ""
        self._gone = False
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._replies.extend(self._parser.feed(data))
        except BadReply as bad:
            self._break(f"the server sent {bad}")
        if len(self._replies) > _MOST_UNREAD:
            self._break("the server sent replies that nobody asked for")
        self._wake()

    def eof_received(self) -> None:
        where = " in the middle of a reply" if self._parser.midway else ""
        self._lose(f"the server closed the connection{where}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"the connection was lost: {exc}" if exc else "the connection was closed")

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()

    # What a session calls.

    @property
    def idle(self) -> bool:
        """Whether it stands and has nothing unread: only then may a transaction begin."""
        return not (self._fault or self._replies or self._parser.midway)

    @property
    def gone(self) -> bool:
        """Whether it ended at the other side, and not by us: for silence, garbage or a wish."""
        return self._gone

    @property
    def encrypted(self) -> bool:
        return self._transport.get_extra_info("ssl_object") is not None

    @property
    def loopback(self) -> bool:
        """Whether what we send stays on this machine."""
        address = str(self._transport.get_extra_info("peername")[0])
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback

    def write(self, *pieces: bytes | memoryview) -> None:
        """Send in one go. Raises WireFault, with nothing sent, where the connection is gone."""
        self._require_open()
        self._transport.writelines(pieces)

    async def pour(self, body: bytes, end: bytes, timeout: float) -> None:
        """Send a body and, in one write with the last of it, its `end`.

        Raises WireFault only while `end` has not been written.
        """
        self.require_idle()
        start, rest = 0, memoryview(body)
        while len(body) - start > _PORTION:
            self.write(rest[start : start + _PORTION])
            start += _PORTION
            await asyncio.sleep(0)  # others have their turn, also when there is always room
            await self._until(lambda: not self._paused, timeout)
        self.write(rest[start:] if start else body, end)

    async def reply(self, timeout: float) -> RawReply:
        """The next reply; raises WireFault on silence, garbage and the end of the connection."""
        if not self._replies:
            await self._until(lambda: bool(self._replies), timeout)
        return self._replies.popleft()

    def require_idle(self) -> None:
        """Raises WireFault where the server has said more than it was asked: from then on its
        answers cannot be told apart."""
        self._require_open()
        if not self.idle:
            said = f": {self._replies[0].reply()}" if self._replies else ""
            raise WireFault(f"the server spoke out of turn{said}")

    async def encrypt(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """Begin TLS. Octets that came before it are not the server's word: they raise WireFault.

        Nothing runs between that look and the hand-over of the socket to TLS.
        """
        self.require_idle()
        encrypted = await asyncio.get_running_loop().start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=timeout
        )
        self._transport = cast(asyncio.Transport, encrypted)

    def drop(self) -> None:
        """Close at once; what has not left yet never will."""
        self._break("we closed the connection")

    # What is left.

    def _require_open(self) -> None:
        # A failed write closes the transport at once and tells us of it a turn later.
        if self._transport.is_closing():
            self._lose("the connection was lost")
        if self._fault:
            raise WireFault(self._fault)

    def _break(self, why: str) -> None:
        self._fail(why)
        self._transport.abort()

    def _lose(self, why: str) -> None:
        self._gone = self._gone or not self._fault
        self._fail(why)

    def _fail(self, why: str) -> None:
        self._fault = self._fault or why
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fall_silent(self, timeout: float) -> None:
        self._fail(f"the server was silent for {timeout:g} s")

    async def _until(self, condition: Callable[[], bool], timeout: float) -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(timeout, self._fall_silent, timeout)
        try:
            while not condition():
                if self._fault:
                    raise WireFault(self._fault)
                self._waiter = loop.create_future()
                await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
