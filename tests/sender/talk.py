"""Talking to a scripted server through the real transport."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
from typing import Any

import pytest
from sender.scripted import ScriptedServer

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport
from mailer.sender.transport import Ready

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


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


def transport_to(server: ScriptedServer, **changes: Any) -> SmtpTransport:
    relay = Relay("smtp", "127.0.0.1", server.port, "mailer.test", timeout=TIMEOUT)
    return SmtpTransport(dataclasses.replace(relay, **changes), connections=1)


def _timeout_for(*dialogues: str) -> float:
    silent = any(f"! {step}" in dialogue for dialogue in dialogues for step in ("hang", "stall"))
    return SHORT if silent else TIMEOUT


def submit(
    *dialogues: str,
    copies: tuple[Envelope, ...] = (COPY,),
    ready: Ready = yes,
    tls: ssl.SSLContext | None = None,
    **changes: Any,
) -> tuple[list[Outcome], ScriptedServer]:
    """Submit `copies` over one lane to a server with these dialogues; `changes` are the relay's."""

    changes.setdefault("timeout", _timeout_for(*dialogues))

    async def scene() -> tuple[list[Outcome], ScriptedServer]:
        implicit = changes.get("scheme") == "smtps"
        async with ScriptedServer(*dialogues, tls=tls, implicit=implicit) as server:
            lane = await transport_to(server, **changes).open()
            try:
                return [await lane.submit(copy, ready) for copy in copies], server
            finally:
                await lane.close()

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
                await transport.open()
            assert str(caught.value).startswith(f"{transport.name}: ")
            assert "\n" not in str(caught.value)
            return caught.value, server

    return asyncio.run(scene())
