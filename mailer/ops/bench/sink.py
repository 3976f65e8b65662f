"""A sink in a process of its own that takes every message, as fast as it comes or each reply after
a delay.

    python -m mailer.ops.bench.sink DELAY

prints its port, and ends with its standard input. Postfix's `smtp-sink` knows no delay that leaves
other connections alone, and ends near ten thousand messages a second.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

_REPLIES = {
    **{
        b"HELO": b"250 sink\r\n",
        b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    },
    **{b"MAIL": b"250 2.1.0 Ok\r\n", b"RCPT": b"250 2.1.5 Ok\r\n", b"RSET": b"250 2.0.0 Ok\r\n"},
    **{b"DATA": b"354 End data with <CR><LF>.<CR><LF>\r\n", b"QUIT": b"221 2.0.0 Bye\r\n"},
}
_TAKEN = b"250 2.0.0 Ok: queued as 4F2B9C0D1E\r\n"
_DOT = b"\r\n.\r\n"
_READ = 1 << 20


class Sink(asyncio.BufferedProtocol):
    """`delay` is the time from the last octet of a group of commands, or of a message, to its
    replies, in seconds."""

    _transport: asyncio.Transport

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._buffer = bytearray(_READ)
        self._rest = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink ESMTP\r\n")

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        replies = b"".join(self._replies(self._rest + self._buffer[:nbytes]))
        if replies and self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, replies)
        elif replies:
            self._transport.write(replies)

    def _replies(self, came: bytes) -> Iterator[bytes]:
        """What to say to all that came; what is not whole waits for more."""
        while came:
            if self._in_message:
                end = came.find(_DOT)
                if end < 0:
                    came = came[1 - len(_DOT) :]
                    break
                self._in_message, came = False, came[end + len(_DOT) :]
                yield _TAKEN
            else:
                line, found, rest = came.partition(b"\r\n")
                if not found:
                    break
                came = rest
                self._in_message = line == b"DATA"
                yield _REPLIES[line[:4]]
        self._rest = bytes(came)


async def serve(delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running(delay: float = 0.0) -> Iterator[int]:
    """Its port, while the block lasts."""
    words = (sys.executable, "-m", "mailer.ops.bench.sink", str(delay))
    process = subprocess.Popen(  # noqa: S603 - ourselves
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(cast(TextIO, process.stdout).readline())
    finally:
        process.communicate(timeout=60)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
