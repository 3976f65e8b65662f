"""The transport `smtp`: copies go to a relay."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from mailer.model.delivery import Envelope
from mailer.sender.handshake import connect
from mailer.sender.line import Line
from mailer.sender.relay import SMTP, Relay
from mailer.sender.session import Patience, Session
from mailer.sender.transport import Client, Lane

_FAREWELL = 5.0  # seconds to wait for the answer to QUIT, at most


class SmtpTransport:
    """`connections` is how many lanes may be open at a time."""

    def __init__(self, relay: Relay, connections: int) -> None:
        self.name = relay.name
        self.lanes = connections
        self._relay = relay
        plain = relay.scheme == SMTP and not relay.encrypt
        self._tls = None if plain else _tls_context(relay.verify)

    async def open(self, client: Client) -> Lane:
        relay = self._relay
        connection, extensions = await connect(relay, self._tls)
        line = Line(connection, tick=relay.timeout)
        session = Session(line, extensions, Patience(relay.timeout, relay.patience), client)
        line.carry(session)
        return SmtpLane(session, line, min(relay.timeout, _FAREWELL))


class SmtpLane:
    """One connection to the relay."""

    def __init__(self, session: Session, line: Line, farewell: float) -> None:
        self._session = session
        self._line = line
        self._farewell = farewell

    @property
    def good(self) -> bool:
        return self._session.good

    def offer(self, envelope: Envelope) -> None:
        self._session.offer(envelope)

    def hand_over(self) -> None:
        self._session.hand_over()

    def withdraw(self) -> None:
        self._session.withdraw()

    def drop(self) -> None:
        self._session.end()

    async def close(self) -> None:
        self._session.leave()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._line.ended.wait(), self._farewell)
        finally:
            self._session.end()


def _tls_context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
