"""A socket that listens: bound before anything else begins, so that trouble is told in time."""

from __future__ import annotations

import socket

from mailer.errors import MailerError


def bound(
    host: str, port: int, trouble: str, mend: str, backlog: int | None = None
) -> socket.socket:
    """Port 0 takes a free one. Raises MailerError: `trouble`, why, and how to mend it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except OSError as error:
        why = error.strerror or error
        raise MailerError(f"{host}:{port}: {trouble}: {why}: {mend}") from error
