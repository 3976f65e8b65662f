"""Our own door for what comes back: LMTP (RFC 2033) or SMTP, for a mail server to deliver to.

It takes mail for addresses of ours alone, one recipient at a time, and says 250 only once the
message was taken in. asyncio is aiosmtpd's; the work is done in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from mailer.feedback.sources.door import BACKLOG, Door
from mailer.listening import bound

_LARGEST = 25_000_000  # octets of a message
_LMTP = "lmtp"
_TROUBLE = "the door for mail cannot listen there"
_TAKEN = "250 2.0.0 Taken in"
_LATER = "451 4.3.0 It cannot be taken in now"
_NOBODY = "550 5.1.1 No address of ours"
_ONE_BY_ONE = "452 4.5.3 One recipient at a time"

Receive = Callable[[bytes, str], None]


class Listener:
    """Listens while its `with` block runs. `owns` says whether an address is ours; `receive` takes
    a message in, for that address; where it raises, the server is told to try again.

    Entering raises MailerError where nothing can listen there.
    """

    def __init__(self, url: str, owns: Callable[[str], bool], receive: Receive) -> None:
        self._url = url
        self._owns = owns
        self._receive = receive
        self._door: Door | None = None

    def __enter__(self) -> Self:
        parts = urlsplit(self._url)
        place = (str(parts.hostname), parts.port or 0)
        taken = bound(*place, _TROUBLE, "choose another bounces.listen", BACKLOG)
        self.port = int(taken.getsockname()[1])
        protocol = LMTP if parts.scheme == _LMTP else SMTP
        self._door = Door(self, taken, protocol, data_size_limit=_LARGEST)
        self._door.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._door is not None:
            self._door.stop()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """aiosmtpd's hook for a recipient."""
        if envelope.rcpt_tos:
            return _ONE_BY_ONE
        if not self._owns(address):
            return _NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """aiosmtpd's hook for a whole message."""
        content, to = bytes(envelope.original_content), str(envelope.rcpt_tos[0])
        try:
            await asyncio.to_thread(self._receive, content, to)
        except Exception:  # whatever it is, the message must not be lost: the server keeps it
            return _LATER
        return _TAKEN
