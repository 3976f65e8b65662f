"""A scripted SMTP server: what each side says, as a dialogue that a person can read.

    S: 220 relay.test ready          the server says a line
    C: EHLO *                        the client says a line; * and ? match as in a shell
    S: 250-relay.test
    S: 250 PIPELINING                lines of the server in a row leave in one packet
    C: [body]                        the client's lines up to the final dot, kept in `bodies`
    ! quiet                          the client says nothing for now: it waits
    ! pause                          a moment passes, and what follows is a packet of its own
    ! gate                           the test is told by `at_gate`, and nothing follows until it
                                     opens `gate`
    ! say 25                         these characters and no line end; \\xNN and \\n are understood
    ! tls                            both sides begin TLS
    ! tls refused                    the client does not like what it sees there
    ! hang                           silence until the client goes
    ! stall                          the same, but the server reads nothing either
    ! drop                           the server closes the connection
    ! reset                          the same, with a TCP reset
    ! gone                           the client closes the connection; what it said until then
                                     is kept in `leftover`

A server has one dialogue for each connection, in their order. What departs from the dialogue is
kept in `faults`, and leaving the server with a fault is an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import socket
import ssl
import struct
from types import TracebackType

_MOMENT = 0.05
_TOO_LONG = 10.0


class Departure(Exception):
    """The client did not keep to the dialogue."""


class ScriptedServer:
    def __init__(self, *dialogues: str, tls: ssl.SSLContext | None = None, implicit: bool = False):
        self.bodies: list[bytes] = []
        self.leftover = b""
        self.faults: list[str] = []
        self.connections = 0
        self.port = 0
        self.at_gate, self.gate = asyncio.Event(), asyncio.Event()
        self._dialogues = [_steps(dialogue) for dialogue in dialogues]
        self._tls = tls
        self._implicit = implicit
        self.talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> ScriptedServer:
        at_once = self._tls if self._implicit else None
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=at_once)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._server.close()
        if self.talks:
            await asyncio.wait(self.talks, timeout=_TOO_LONG)
        if kind is None and self.faults:
            raise AssertionError("\n".join(self.faults))

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self.talks.add(talk)
        self.connections += 1
        try:
            if self.connections > len(self._dialogues):
                raise Departure(f"connection {self.connections} has no dialogue")
            async with asyncio.timeout(_TOO_LONG):
                await self._talk(self._dialogues[self.connections - 1], reader, writer)
        except (Departure, TimeoutError, OSError) as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")
        finally:
            writer.transport.abort()

    async def _talk(
        self,
        steps: list[tuple[str, str]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        said = b""
        for who, words in [*steps, ("!", "end")]:
            if who == "S":
                said += words.encode() + b"\r\n"
                continue
            if said:
                writer.write(said)
                await writer.drain()
                said = b""
            if who == "C":
                await self._listen(words, reader)
            else:
                await self._act(words, reader, writer)

    async def _listen(self, words: str, reader: asyncio.StreamReader) -> None:
        if words == "[body]":
            self.bodies.append(await _until_dot(reader))
            return
        line = await reader.readline()
        heard = line.decode().removesuffix("\r\n")
        if not line.endswith(b"\r\n") or not fnmatch.fnmatchcase(heard, words):
            raise Departure(f"the client was to say {words!r} and said {line!r}")

    async def _act(
        self, words: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match words.split(" ", 1):
            case ["quiet"]:
                await _require_quiet(reader)
            case ["pause"]:
                await asyncio.sleep(_MOMENT)
            case ["gate"]:
                self.at_gate.set()
                await self.gate.wait()
            case ["say", text]:
                writer.write(text.encode().decode("unicode_escape").encode("latin-1"))
            case ["tls", *refused]:
                assert self._tls is not None
                with contextlib.suppress(OSError) if refused else contextlib.nullcontext():
                    await writer.start_tls(self._tls)
            case ["hang" | "gone"]:
                with contextlib.suppress(ConnectionResetError):  # it left something unread
                    self.leftover = await reader.read()
            case ["stall"]:
                await asyncio.sleep(20 * _MOMENT)
            case ["reset"]:
                raw = writer.transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            case ["drop" | "end"]:
                writer.transport.close()
            case _:
                raise AssertionError(f"unknown step {words!r}")


def _steps(dialogue: str) -> list[tuple[str, str]]:
    """`S: 220 hi` → ("S", "220 hi"); lines are indented as it suits the test."""
    lines = [line.strip() for line in dialogue.splitlines() if line.strip()]
    return [(line[0], line[1:].removeprefix(":").strip()) for line in lines]


async def _until_dot(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise Departure("the client went before the final dot")
        lines.append(line)
    return b"".join(lines)


async def _require_quiet(reader: asyncio.StreamReader) -> None:
    try:
        async with asyncio.timeout(_MOMENT):
            early = await reader.read(1000)
    except TimeoutError:
        return
    raise Departure(f"the client was to wait and said {early!r}")
