"""The relays: whether each takes us, without a mail."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from mailer.app import App
from mailer.config import RelaySettings
from mailer.errors import DatabaseError, RelayError
from mailer.ledger import rests
from mailer.ops.doctor.check import Check, fault, ok, warning
from mailer.sender.relay import SMTP
from mailer.sender.submit import greet
from mailer.sender.transport import Transport

_RELAY = "relay"


def check_relays(app: App) -> Iterator[Check]:
    drained = _drained(app)
    for settings, route in zip(app.config.smtp.all_relays, app.routes(), strict=True):
        if settings.keeps_copies:
            yield ok(_RELAY, f"{route.transport.name}: copies are kept there, nothing is sent")
        else:
            yield from _check(settings, route.transport)
        if route.name in drained:
            mend = f"`mailer relay restore {route.name}` when it is well"
            yield warning(_RELAY, f"{route.name}: is drained, and gets nothing: {mend}")


def _drained(app: App) -> Collection[str]:
    try:
        with app.database.read() as c:
            return rests.drained(c).keys()
    except DatabaseError:  # told by another check
        return ()


def _check(settings: RelaySettings, transport: Transport) -> Iterator[Check]:
    """Connection, EHLO, TLS and login; then we take leave."""
    try:
        greet(transport)
    except RelayError as error:
        yield fault(_RELAY, str(error))
        return
    url = urlsplit(settings.url)
    user = settings.user or url.username
    login = f", with the login of {user}" if user else ""
    yield ok(_RELAY, f"{transport.name}: takes mail from us{login}")
    if url.scheme == SMTP and settings.tls == "off" and not settings.stays_here:
        yield warning(_RELAY, f'{transport.name}: unencrypted: take [smtp] tls = "off" out')
