"""Talking to a scripted server through the real transport."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sender.scripted import ScriptedServer

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome
from mailer.sender.courier import Answer, Courier, Round
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport
from mailer.sender.transport import Loss, Transport
from mailer.sender.watched import watched

TIMEOUT = 5.0  # seconds; far longer than any answer takes, also on a busy machine
SHORT = 0.2  # where a dialogue holds a silence: what it costs

GREETING = """
    S: 220 relay.test ready
    C: EHLO mailer.test
"""
HELLO = f"""{GREETING}
    S: 250-relay.test
    S: 250 PIPELINING
"""
HELLO_STEP_BY_STEP = f"""{GREETING}
    S: 250 relay.test
"""
COMMANDS = """
    C: MAIL FROM:<news@example.org>
    C: RCPT TO:<ada@example.org>
    C: DATA
"""
GO_AHEAD = """
    S: 250 2.1.0 sender fine
    S: 250 2.1.5 recipient fine
    S: 354 go ahead
"""
FAREWELL = """
    C: QUIT
    S: 221 bye
    ! gone
"""

BODY = """
    C: MAIL FROM:<*>
    S: 250 sender fine
    C: RCPT TO:<*>
    S: 250 recipient fine
    C: DATA
    S: 354 go ahead
    C: [body]
    S: 250 kept
"""

COPY = Envelope(
    "news@example.org", "ada@example.org", b"Subject: hello\r\n\r\nA line.\r\nAnother.\r\n"
)
ALAN = dataclasses.replace(COPY, recipient="alan@example.org")


Ready = Callable[[], Awaitable[bool]]


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


class Witness:
    """A client of a lane that keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[Outcome | Loss] = asyncio.Queue()

    def settled(self, outcome: Outcome) -> None:
        self.told.put_nowait(outcome)

    def lost(self, loss: Loss) -> None:
        self.told.put_nowait(loss)


@dataclasses.dataclass
class Turn:
    """A copy in a test, and what became of it: None where it was not wanted."""

    envelope: Envelope
    outcome: Outcome | None = None


class Copies:
    """The work of a courier: these copies in turn, each wanted when `ready` says so."""

    def __init__(self, *envelopes: Envelope, ready: Ready = yes) -> None:
        self.turns = [Turn(envelope) for envelope in envelopes]
        self.left = collections.deque(self.turns)
        self.asking: set[asyncio.Task[None]] = set()
        self._ready = ready

    @property
    def outcomes(self) -> list[Outcome | None]:
        return [turn.outcome for turn in self.turns]

    def take(self) -> Turn | None:
        return self.left.popleft() if self.left else None

    async def more(self) -> bool:
        return bool(self.left)

    def ask(self, _turn: Turn, answer: Answer) -> None:
        async def asked() -> None:
            answer(await self._ready())

        self.asking.add(asyncio.create_task(asked()))

    def settle(self, turn: Turn, outcome: Outcome) -> None:
        assert turn.outcome is None
        turn.outcome = outcome

    def put_back(self, turn: Turn) -> None:
        self.left.appendleft(turn)


def transport_to(server: ScriptedServer, **changes: Any) -> SmtpTransport:
    relay = Relay("smtp", "127.0.0.1", server.port, "mailer.test", timeout=TIMEOUT)
    return SmtpTransport(dataclasses.replace(relay, **changes), connections=1)


def _timeout_for(*dialogues: str) -> float:
    silent = any(f"! {step}" in dialogue for dialogue in dialogues for step in ("hang", "stall"))
    return SHORT if silent else TIMEOUT


async def carry(transport: Transport, copies: Copies) -> None:
    """One courier, to its end."""
    await watched(Courier(Round(transport, copies)).work())


def submit(
    *dialogues: str,
    copies: tuple[Envelope, ...] = (COPY,),
    ready: Ready = yes,
    tls: ssl.SSLContext | None = None,
    **changes: Any,
) -> tuple[list[Outcome | None], ScriptedServer]:
    """Have a courier carry `copies` to a server with these dialogues; `changes` are the relay's."""

    changes.setdefault("timeout", _timeout_for(*dialogues))

    async def scene() -> tuple[list[Outcome | None], ScriptedServer]:
        implicit = changes.get("scheme") == "smtps"
        async with ScriptedServer(*dialogues, tls=tls, implicit=implicit) as server:
            work = Copies(*copies, ready=ready)
            await carry(transport_to(server, **changes), work)
            return work.outcomes, server

    return asyncio.run(scene())


def fail_to_open(
    dialogue: str, tls: ssl.SSLContext | None = None, **changes: Any
) -> tuple[RelayError, ScriptedServer]:
    """What opening a lane to this server raises; it is one line that names the relay."""

    changes.setdefault("timeout", _timeout_for(dialogue))

    async def scene() -> tuple[RelayError, ScriptedServer]:
        implicit = changes.get("scheme") == "smtps"
        async with ScriptedServer(dialogue, tls=tls, implicit=implicit) as server:
            transport = transport_to(server, **changes)
            with pytest.raises(RelayError) as caught:
                await transport.open(Witness())
            assert str(caught.value).startswith(f"{transport.name}: ")
            assert "\n" not in str(caught.value)
            return caught.value, server

    return asyncio.run(scene())
