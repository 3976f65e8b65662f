"""AUTH: PLAIN (RFC 4616) and LOGIN, as RFC 4954 frames them."""

from __future__ import annotations

import base64

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.sender.extensions import Extensions
from mailer.sender.relay import Relay
from mailer.sender.replies import RawReply
from mailer.sender.wire import Wire


async def log_in(wire: Wire, relay: Relay, extensions: Extensions) -> None:
    """Prove who we are. Raises RelayRefused, or RelayUnavailable where it may pass later."""
    if not (wire.encrypted or wire.loopback):
        raise RelayRefused(
            f"{relay.name}: will not send a password unencrypted: "
            "use smtp+starttls:// or smtps:// in [smtp] url"
        )
    if not relay.password:
        raise RelayRefused(
            f"{relay.name}: there is no password for {relay.user!r}: give it as {relay.variable}, "
            "or write it into secrets.toml"
        )
    if "PLAIN" in extensions.auth:
        raw = await _plain(wire, relay)
    elif "LOGIN" in extensions.auth:
        raw = await _login(wire, relay)
    else:
        offered = ", ".join(sorted(extensions.auth)) or "no login at all"
        raise RelayRefused(
            f"{relay.name}: offers {offered}, not PLAIN or LOGIN: "
            "use another port or scheme in [smtp] url, or take the user out of it"
        )
    _require_success(relay, raw)


async def _plain(wire: Wire, relay: Relay) -> RawReply:
    secret = _encoded(f"\0{relay.user}\0{relay.password}")
    wire.write(b"AUTH PLAIN ", secret, b"\r\n")
    return await wire.reply(relay.timeout)


async def _login(wire: Wire, relay: Relay) -> RawReply:
    wire.write(b"AUTH LOGIN\r\n")
    raw = await wire.reply(relay.timeout)
    for text in (relay.user, relay.password):
        if raw.digit != 3:
            break
        wire.write(_encoded(text), b"\r\n")
        raw = await wire.reply(relay.timeout)
    return raw


def _encoded(text: str) -> bytes:
    return base64.b64encode(text.encode())


def _require_success(relay: Relay, raw: RawReply) -> None:
    if raw.digit == 2:
        return
    error = RelayRefused if raw.digit == 5 else RelayUnavailable
    mend = f"check the user and the password ({relay.variable}, or secrets.toml)"
    raise error(f"{relay.name}: refused the login of {relay.user!r}: {raw.reply()}: {mend}")
