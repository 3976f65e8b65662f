"""An SMTP server in the test's own event loop that keeps what it is given (aiosmtpd)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiosmtpd.smtp import SMTP


class Catcher:
    """`bodies` are the messages as they came, `recipients` their envelopes' addresses. It takes
    nothing for `gone@…`."""

    def __init__(self) -> None:
        self.port = 0
        self.bodies: list[bytes] = []
        self.recipients: list[str] = []

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """What aiosmtpd calls with each recipient."""
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 yes"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """What aiosmtpd calls with each message."""
        self.bodies.append(envelope.content)
        self.recipients.extend(envelope.rcpt_tos)
        return "250 2.0.0 kept"


@contextlib.asynccontextmanager
async def catching() -> AsyncIterator[Catcher]:
    catcher = Catcher()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(catcher, enable_SMTPUTF8=True, hostname="catcher.test"), "127.0.0.1", 0
    )
    catcher.port = server.sockets[0].getsockname()[1]
    try:
        yield catcher
    finally:
        server.close()
