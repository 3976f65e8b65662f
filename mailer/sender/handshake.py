"""From nothing to a session: connection, greeting, EHLO, STARTTLS, login."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mailer.errors import RelayError, RelayRefused, RelayUnavailable
from mailer.sender.extensions import Extensions, read_extensions
from mailer.sender.login import log_in
from mailer.sender.relay import SMTP, SMTPS, STARTTLS, Relay
from mailer.sender.replies import RawReply
from mailer.sender.wire import Wire, WireFault

_ASK = "ask whoever runs the relay"


async def connect(relay: Relay, tls: ssl.SSLContext | None) -> tuple[asyncio.Transport, Extensions]:
    """A connection on which MAIL may be said, and what the server offers there.

    Raises RelayUnavailable or RelayRefused.
    """
    with _one_line(relay):
        wire = await _dial(relay, tls)
        try:
            extensions = await _introduce(wire, relay, tls)
            return wire.release(), extensions
        except BaseException:
            wire.drop()
            raise


async def _dial(relay: Relay, tls: ssl.SSLContext | None) -> Wire:
    at_once = tls if relay.scheme == SMTPS else None
    async with asyncio.timeout(relay.timeout):
        _, wire = await asyncio.get_running_loop().create_connection(
            Wire,
            relay.host,
            relay.port,
            ssl=at_once,
            server_hostname=relay.host if at_once else None,
        )
    wire.watch(relay.timeout)
    return wire


async def _introduce(wire: Wire, relay: Relay, tls: ssl.SSLContext | None) -> Extensions:
    greeting = await wire.reply(relay.timeout)
    if greeting.digit != 2:
        raise _refusal(relay, "refused the connection", greeting, _ASK)
    extensions = await _hello(wire, relay)
    if tls is not None and _is_upgraded(relay, wire):
        await _encrypt(wire, relay, tls, extensions)
        # What was said in the clear may be anybody's word: ask again (RFC 3207 §4.2).
        extensions = await _hello(wire, relay)
    if relay.user:
        await log_in(wire, relay, extensions)
    return extensions


def _is_upgraded(relay: Relay, wire: Wire) -> bool:
    """Whether what begins in the clear must not stay so."""
    leaves = relay.scheme == SMTP and relay.encrypt and not wire.loopback
    return relay.scheme == STARTTLS or leaves


async def _hello(wire: Wire, relay: Relay) -> Extensions:
    """EHLO, and HELO for a server that does not know it (RFC 5321 §3.2)."""
    name = relay.hello.encode()
    wire.write(b"EHLO ", name, b"\r\n")
    raw = await wire.reply(relay.timeout)
    if raw.digit == 2:
        return read_extensions(raw.lines)
    if raw.digit == 5:
        wire.write(b"HELO ", name, b"\r\n")
        raw = await wire.reply(relay.timeout)
    if raw.digit != 2:
        mend = f"check the name given in [smtp] hello, or {_ASK}"
        raise _refusal(relay, f"refused our name {relay.hello!r}", raw, mend)
    return Extensions()


async def _encrypt(wire: Wire, relay: Relay, tls: ssl.SSLContext, extensions: Extensions) -> None:
    if not extensions.starttls:
        off = ', or set [smtp] tls = "off"' if relay.scheme == SMTP else ""
        raise RelayUnavailable(
            f"{relay.name}: does not offer STARTTLS: nothing was sent in the clear: "
            f"use smtps:// or another port in [smtp] url{off}"
        )
    wire.write(b"STARTTLS\r\n")
    raw = await wire.reply(relay.timeout)
    if raw.digit != 2:
        raise _refusal(relay, "refused STARTTLS", raw, _ASK)
    await wire.encrypt(tls, relay.host, relay.timeout)


def _refusal(relay: Relay, what: str, raw: RawReply, mend: str) -> RelayError:
    """A 5xx stays until somebody mends it; anything else may pass."""
    error = RelayRefused if raw.digit == 5 else RelayUnavailable
    return error(f"{relay.name}: {what}: {raw.reply()}: {mend}")


@contextmanager
def _one_line(relay: Relay) -> Iterator[None]:
    """What the network and TLS raise, as one line for the user."""
    check = "check that the relay runs and [smtp] url names it"
    try:
        yield
    except WireFault as fault:
        raise RelayUnavailable(f"{relay.name}: {fault}: {check}") from fault
    except ssl.SSLCertVerificationError as error:
        raise RelayUnavailable(
            f"{relay.name}: its certificate is not valid: {error.verify_message.rstrip('.')}: "
            "mend it, write the name that it holds in [smtp] url, or set [smtp] verify = false"
        ) from error
    except ssl.SSLError as error:
        raise RelayUnavailable(
            f"{relay.name}: TLS failed: {error.reason or error}: "
            "check that [smtp] url has the scheme of that port"
        ) from error
    except TimeoutError as error:
        raise RelayUnavailable(
            f"{relay.name}: no connection within {relay.timeout:g} s: {check}"
        ) from error
    except OSError as error:
        raise RelayUnavailable(
            f"{relay.name}: cannot connect: {_reason(error)}: {check}"
        ) from error


def _reason(error: OSError) -> str:
    """asyncio puts addresses into the text of an error, and without a number joins several."""
    if isinstance(error, socket.gaierror):
        return error.strerror or "no such host"
    return os.strerror(error.errno) if error.errno else "none of its addresses answers"
