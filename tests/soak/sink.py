"""A relay of ours that counts what it takes, and can be as unkind as relays are."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from program import Started

HOST = "127.0.0.1"
_EHLO = b"250-sink.test\r\n250-8BITMIME\r\n250 PIPELINING\r\n"
_ANSWERS = {
    b"EHLO": _EHLO,
    b"MAIL": b"250 2.1.0 OK\r\n",
    b"RCPT": b"250 2.1.5 OK\r\n",
    b"DATA": b"354 Go ahead\r\n",
    b"RSET": b"250 2.0.0 OK\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}
_DOT = b"\r\n.\r\n"


def _on_loopback(port: int) -> socket.socket:
    return socket.create_server((HOST, port), backlog=512)


class Sink:
    """Takes mail while its `with` block runs, in a thread of its own; `taken` counts the messages
    of each recipient, from the final dot on, `moments` has the times of those dots.

    After every `drop_every`th final dot it closes the connection without an answer: in turn with
    the message taken, and with the message thrown away. It answers each of the others after
    `delay` seconds. `listen` gives its socket, at any port for 0.
    """

    def __init__(
        self,
        drop_every: int = 0,
        delay: float = 0.0,
        listen: Callable[[int], socket.socket] = _on_loopback,
    ) -> None:
        self.delay = delay
        self._listen = listen
        self.taken: Counter[str] = Counter()
        self.moments: list[float] = []
        self.dropped = 0
        self._drop_every = drop_every
        self._dots = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._host, self._port = "", 0
        self._server: asyncio.Server | None = None
        self.open: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.come_back()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.go_away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """As `[smtp] url` has it."""
        return f"smtp://{self._host}:{self._port}"

    def go_away(self) -> None:
        """Close the port, and every connection in the middle of whatever it does."""
        asyncio.run_coroutine_threadsafe(self._go_away(), self._loop).result()

    def come_back(self) -> None:
        """At the same port as before."""
        asyncio.run_coroutine_threadsafe(self._come_back(), self._loop).result()

    def until(self, count: int, process: Started) -> None:
        """Wait until so many messages are taken, or the sender is through."""
        while self.taken.total() < count and process.poll() is None:
            time.sleep(0.001)

    async def _go_away(self) -> None:
        if self._server is not None:
            self._server.close()
        for transport in list(self.open):
            assert isinstance(transport, asyncio.Transport)
            transport.abort()

    async def _come_back(self) -> None:
        listener = self._listen(self._port)
        self._host, self._port = listener.getsockname()
        self._server = await self._loop.create_server(lambda: _Connection(self), sock=listener)

    def dot(self, recipient: str) -> bool:
        """Whether this message is answered."""
        self._dots += 1
        dropped = self._drop_every > 0 and self._dots % self._drop_every == 0
        self.dropped += dropped
        if not dropped or self.dropped % 2:
            self.taken[recipient] += 1
            self.moments.append(time.monotonic())
        return not dropped


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._heard = bytearray()
        self._in_body = False
        self._waits = False  # until the last message is answered
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.open.add(transport)
        transport.write(b"220 sink.test ESMTP\r\n")

    def connection_lost(self, _error: Exception | None) -> None:
        self._sink.open.discard(self._transport)

    def data_received(self, octets: bytes) -> None:
        self._heard += octets
        self._go_on()

    def _go_on(self) -> None:
        while not (self._waits or self._transport.is_closing()) and self._next():
            pass

    def _next(self) -> bool:
        """Take one command, or one body, of what was heard; False where more must come first."""
        end = _DOT if self._in_body else b"\r\n"
        at = self._heard.find(end)
        if at < 0:
            return False
        line = bytes(self._heard[:at])
        del self._heard[: at + len(end)]
        if self._in_body:
            self._in_body = False
            self._end_body()
        else:
            self._obey(line)
        return True

    def _end_body(self) -> None:
        if self._sink.dot(self._recipient):
            self._waits = True
            asyncio.get_running_loop().call_later(self._sink.delay, self._answer)
        else:
            self._transport.abort()

    def _answer(self) -> None:
        self._transport.write(b"250 2.0.0 Taken\r\n")
        self._waits = False
        self._go_on()

    def _obey(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        self._in_body = verb == b"DATA"
        self._transport.write(_ANSWERS.get(verb, b"502 5.5.1 No\r\n"))
        if verb == b"QUIT":
            self._transport.close()
