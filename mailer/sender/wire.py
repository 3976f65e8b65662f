"""The wire: one connection to a server until it is ready for copies. Words go out, replies come in,
one after the other."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from typing import cast

from mailer.sender.replies import BadReply, RawReply, ReplyParser

# More replies than this that nobody asked for are a flood, not a conversation.
_MOST_UNREAD = 32


class WireFault(Exception):
    """The connection is of no more use; the text says why. Never leaves `sender/`."""


def _watching(seconds: float) -> Mapping[str, int]:
    """TCP's options: in seconds, but for the last, which is in milliseconds."""
    return {
        "TCP_KEEPIDLE": max(1, round(seconds / 2)),
        "TCP_KEEPINTVL": max(1, round(seconds / 6)),
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": round(seconds * 1000),
    }


class Wire(asyncio.Protocol):
    """Used by one task at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser = ReplyParser()
        self._replies: deque[RawReply] = deque()
        self._fault = ""
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
        self._fail(f"the server closed the connection{where}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"the connection was lost: {exc}" if exc else "the connection was closed")

    # What a handshake calls.

    @property
    def encrypted(self) -> bool:
        return self._transport.get_extra_info("ssl_object") is not None

    @property
    def loopback(self) -> bool:
        """Whether what we send stays on this machine."""
        address = str(self._transport.get_extra_info("peername")[0])
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback

    def watch(self, seconds: float) -> None:
        """From now on the connection is lost where the other host was not heard of for so long, a
        second at least, although nothing was closed: where a server takes its time, its host still
        answers to TCP."""
        connection = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _watching(max(1.0, seconds)).items():
            if hasattr(socket, name):  # Linux has them all
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def write(self, *pieces: bytes) -> None:
        """Send in one go. Raises WireFault, with nothing sent, where the connection is gone."""
        self._require_open()
        self._transport.writelines(pieces)

    async def reply(self, timeout: float) -> RawReply:
        """The next reply; raises WireFault on silence, garbage and the end of the connection."""
        if not self._replies:
            await self._until(lambda: bool(self._replies), timeout)
        return self._replies.popleft()

    async def encrypt(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """Begin TLS. Octets that came before it are not the server's word: they raise WireFault.

        Nothing runs between that look and the hand-over of the socket to TLS.
        """
        self._require_idle()
        encrypted = await asyncio.get_running_loop().start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=timeout
        )
        self._transport = cast(asyncio.Transport, encrypted)

    def release(self) -> asyncio.Transport:
        """The connection, for whoever carries copies over it; raises WireFault where the server
        has said more than it was asked."""
        self._require_idle()
        return self._transport

    def drop(self) -> None:
        """Close at once; what has not left yet never will."""
        self._break("we closed the connection")

    # What is left.

    def _require_idle(self) -> None:
        self._require_open()
        if self._replies or self._parser.midway:
            said = f": {self._replies[0].reply()}" if self._replies else ""
            raise WireFault(f"the server spoke out of turn{said}")

    def _require_open(self) -> None:
        # A failed write closes the transport at once and tells us of it a turn later.
        if self._transport.is_closing():
            self._fail("the connection was lost")
        if self._fault:
            raise WireFault(self._fault)

    def _break(self, why: str) -> None:
        self._fail(why)
        self._transport.abort()

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
