"""The transport `smtp`: copies go to a relay."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Deferred, Outcome
from mailer.sender.handshake import connect
from mailer.sender.relay import SMTP, Relay
from mailer.sender.session import Session
from mailer.sender.transport import Lane, Ready


class SmtpTransport:
    """`connections` is how many lanes may be open at a time."""

    def __init__(self, relay: Relay, connections: int) -> None:
        self.name = relay.name
        self.lanes = connections
        self._relay = relay
        self._tls = None if relay.scheme == SMTP else _tls_context(relay.verify)

    async def open(self) -> Lane:
        lane = SmtpLane(self._relay, self._tls)
        await lane.connect()
        return lane


class SmtpLane:
    """One connection to the relay, and the next one when that is no longer good."""

    def __init__(self, relay: Relay, tls: ssl.SSLContext | None) -> None:
        self._relay = relay
        self._tls = tls
        self._session: Session | None = None

    async def connect(self) -> Session:
        """The session as it stands, or a new one. Raises RelayUnavailable or RelayRefused."""
        if self._session is None or not self._session.good:
            self._drop()
            wire, extensions = await connect(self._relay, self._tls)
            self._session = Session(wire, self._relay, extensions)
        return self._session

    async def submit(self, envelope: Envelope, ready: Ready) -> Outcome:
        session = await self.connect()
        wanted = asyncio.ensure_future(ready())
        try:
            outcome = await session.transact(envelope, wanted)
            if session.spent and isinstance(outcome, Deferred):
                return await self._once_more(envelope, wanted, outcome)
            return outcome
        except BaseException:
            self._drop()
            wanted.cancel()
            # Nobody else knows of it: see it end, so that it does not outlive its copy.
            await asyncio.gather(wanted, return_exceptions=True)
            raise

    async def _once_more(
        self, envelope: Envelope, wanted: Awaitable[bool], deferred: Deferred
    ) -> Outcome:
        """The same transaction on a new connection, which is not yet spent: so once is all.

        The attempt is on record by now. Where there is no new connection it is `deferred`, and
        the next copy learns why.
        """
        try:
            session = await self.connect()
        except RelayError:
            return deferred
        return await session.transact(envelope, wanted)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.quit()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.drop()
            self._session = None


def _tls_context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
