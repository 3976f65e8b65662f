"""One connection to the provider: octets in, replies out, each after its delay."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

from mailer.ops.provider.profile import Profile
from mailer.ops.provider.temper import Temper

_HELLO = (
    b"250-provider.test\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n"
    b"250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
)
_DOT = b"\r\n.\r\n"
_LONGEST_COMMAND = 4096
_TICK = 0.0005  # seconds: what is due so soon goes along


class Conversation(asyncio.Protocol):
    """As much of RFC 5321 as a client that follows it can hear."""

    _transport: asyncio.Transport

    def __init__(self, profile: Profile, temper: Temper) -> None:
        self._profile = profile
        self._temper = temper
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._body: int | None = None  # octets of a message that has begun; its end is awaited
        self._searched = 0
        self._recipients = 0
        self._carried = 0
        self._closing = False
        self._unsaid: deque[tuple[float, bytes]] = deque()  # answers and when they are due

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        refusal = self._temper.connect()
        self._closing = bool(refusal)
        self._say(refusal or "220 provider.test ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self._temper.disconnect()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while not self._closing and (self._take_body() if self._body is not None else self._take()):
            pass

    def _take(self) -> bool:
        """The next command, if it is whole."""
        end = self._buffer.find(b"\n")
        if end < 0:
            self._closing = self._closing or len(self._buffer) > _LONGEST_COMMAND
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        self._answer(line)
        return True

    def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            self._write(_HELLO if verb == b"EHLO" else b"250 provider.test\r\n")
        elif verb == b"MAIL":
            self._begin()
        elif verb == b"RCPT":
            self._add(line)
        elif verb == b"DATA":
            self._body = 0 if self._recipients else None
            self._searched = 0
            self._say("354 go ahead" if self._recipients else "554 5.5.1 no recipients")
        elif verb == b"QUIT":
            self._closing = True
            self._say("221 2.0.0 bye")
        else:
            self._recipients = 0
            self._say("250 2.0.0 fine")

    def _begin(self) -> None:
        refusal = self._temper.mail(self._carried)
        self._recipients = 0
        self._closing = bool(refusal)
        self._say(refusal or "250 2.1.0 fine")

    def _add(self, line: bytes) -> None:
        address = line.partition(b"<")[2].partition(b">")[0].decode("utf-8", "replace")
        refusal = self._temper.recipient(address, self._loop.time())
        self._recipients += not refusal
        self._say(refusal or "250 2.1.5 fine")

    def _take_body(self) -> bool:
        """The rest of a message, if its end is there. Nothing of it is kept."""
        at = self._buffer.find(_DOT, max(0, self._searched - len(_DOT)))
        if self._buffer.startswith(_DOT[2:]):  # an empty one
            at = -2
        elif at < 0:
            self._searched = len(self._buffer)
            return False
        del self._buffer[: at + len(_DOT)]
        self._body = None
        refusal = self._temper.message(at + 2, self._loop.time())
        self._carried += not refusal
        self._say(refusal or "250 2.0.0 taken", self._profile.message)
        self._recipients = 0
        return True

    def _say(self, reply: str, more: float = 0.0) -> None:
        self._write(f"{reply}\r\n".encode(), more)

    def _write(self, reply: bytes, more: float = 0.0) -> None:
        """Each answer in its time, and none before another."""
        now = self._loop.time()
        due = max(self._unsaid[-1][0] if self._unsaid else 0.0, now + self._profile.delay + more)
        self._unsaid.append((due, reply))
        if len(self._unsaid) == 1:
            self._speak_at(due, now)

    def _speak_at(self, due: float, now: float) -> None:
        if due <= now:
            self._speak()
        else:
            self._loop.call_at(due, self._speak)

    def _speak(self) -> None:
        """All that is due by now, in one packet."""
        now, said = self._loop.time() + _TICK, b""
        while self._unsaid and self._unsaid[0][0] <= now:
            said += self._unsaid.popleft()[1]
        if not self._transport.is_closing():
            self._transport.write(said)
            if self._closing and not self._unsaid:
                self._transport.close()
        if self._unsaid:
            self._speak_at(self._unsaid[0][0], now)
