"""aiosmtpd on a socket that is bound already: it cannot take a free port by itself, nor say in time
that there is none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

BACKLOG = 512  # a sender may open all its connections at once


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
        return self.loop.create_server(self._factory_invoker, sock=self._bound, backlog=BACKLOG)
