"""aiosmtpd on a socket that is bound already: it cannot take a free port by itself, nor say in time
that there is none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from mailer.errors import MailerError

_BACKLOG = 512  # a sender may open all its connections at once


class Door(Controller):
    """Speaks `protocol`; `handler` has aiosmtpd's hooks, `options` are those of its protocol."""

    def __init__(
        self, handler: object, bound: socket.socket, protocol: type[SMTP] = SMTP, **options: Any
    ) -> None:
        host, port = bound.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)
        self._bound = bound
        self._protocol = protocol
        self._options = options

    def factory(self) -> SMTP:
        return self._protocol(self.handler, enable_SMTPUTF8=True, loop=self.loop, **self._options)

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._bound, backlog=_BACKLOG)


def bound(host: str, port: int, who: str, mend: str) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises MailerError, in which `who` cannot
    listen there, and `mend` is what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = error.strerror or error
        raise MailerError(f"{host}:{port}: {who} cannot listen there: {why}: {mend}") from error
