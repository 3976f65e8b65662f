"""The relay: whether it takes us, without a mail."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.app import App
from mailer.errors import RelayError
from mailer.ops.doctor.addresses import on_this_machine
from mailer.ops.doctor.check import Check, fault, ok, warning
from mailer.sender.relay import SMTP
from mailer.sender.submit import greet

_RELAY = "relay"


def check_relay(app: App) -> Iterator[Check]:
    """Connection, EHLO, TLS and login; then we take leave."""
    transport = app.transport()
    try:
        greet(transport)
    except RelayError as error:
        yield fault(_RELAY, str(error))
        return
    relay = urlsplit(app.config.smtp.url)
    login = f", with the login of {relay.username}" if relay.username else ""
    yield ok(_RELAY, f"{transport.name}: takes mail from us{login}")
    if relay.scheme == SMTP and not on_this_machine(relay.hostname or ""):
        yield warning(_RELAY, f"{transport.name}: unencrypted: use smtp+starttls:// or smtps://")
