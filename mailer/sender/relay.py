"""A relay: where it is, and how we present ourselves to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

SMTP, STARTTLS, SMTPS = "smtp", "smtp+starttls", "smtps"
_LONGEST_PATIENCE = 600.0
_PORTS = {SMTP: 25, STARTTLS: 587, SMTPS: 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """`hello` is the name that we give in EHLO; `timeout` is in seconds, for each reply.

    `encrypt` tells whether `smtp://` begins TLS where it leaves this machine; the other schemes
    always do. `verify` tells whether the certificate must fit. `variable` is where the
    environment has the password, for whoever must mend it.
    """

    scheme: str
    host: str
    port: int
    hello: str
    user: str = ""
    password: str = field(default="", repr=False)
    variable: str = "MAILER_SMTP__PASSWORD"
    timeout: float = 60.0
    encrypt: bool = True
    verify: bool = True

    @property
    def name(self) -> str:
        """What a person reads: `smtp://localhost:25`, without the login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def patience(self) -> float:
        """Seconds to wait for the answer to a whole message: giving up there leaves an
        `uncertain` copy, so up to the ten minutes of RFC 5321 §4.5.3.2.6."""
        return max(self.timeout, min(10 * self.timeout, _LONGEST_PATIENCE))


def relay_from_url(url: str, *, hello: str, user: str = "", **more: Any) -> Relay:
    """The relay at `smtp://`, `smtp+starttls://` or `smtps://[user@]host[:port]`; `more` are fields
    of it."""
    parts = urlsplit(url)
    return Relay(
        scheme=parts.scheme,
        host=parts.hostname or "localhost",
        port=parts.port or _PORTS[parts.scheme],
        hello=hello,
        user=user or unquote(parts.username or ""),
        **more,
    )
