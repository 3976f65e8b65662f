"""AUTH: PLAIN and LOGIN, allowed and refused."""

from __future__ import annotations

import asyncio
import base64
import ssl
from typing import Any

import pytest
from sender.talk import BODY, FAREWELL, GREETING, fail_to_open, submit

from mailer.errors import RelayError, RelayRefused, RelayUnavailable
from mailer.model.outcome import Sent
from mailer.sender.extensions import Extensions
from mailer.sender.login import log_in
from mailer.sender.relay import Relay
from mailer.sender.wire import Wire, WireFault

ACCOUNT: dict[str, Any] = {"user": "jörg@example.org", "password": "geheim ✓"}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PLAIN = "C: AUTH PLAIN " + b64("\0jörg@example.org\0geheim ✓")
LOGIN = f"""
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: {b64(ACCOUNT["user"])}
    S: 334 UGFzc3dvcmQ6
    C: {b64(ACCOUNT["password"])}
"""


def offering(mechanisms: str) -> str:
    return f"{GREETING}\nS: 250-relay.test\nS: 250 {mechanisms}\n"


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ("AUTH PLAIN LOGIN", PLAIN),
        ("AUTH login plain", PLAIN),
        ("AUTH LOGIN", LOGIN),
        ("AUTH CRAM-MD5 LOGIN", LOGIN),
        ("AUTH=LOGIN", LOGIN),
    ],
)
def test_a_login_that_is_accepted(offered: str, said: str) -> None:
    """PLAIN where it is offered, else LOGIN; user and password travel as UTF-8."""
    dialogue = f"{offering(offered)}\n{said}\nS: 235 2.7.0 welcome\n{BODY}\n{FAREWELL}"
    [outcome], _ = submit(dialogue, **ACCOUNT)
    assert isinstance(outcome, Sent)


def test_without_a_user_nobody_logs_in() -> None:
    """A relay that offers AUTH is used without, when no user is configured."""
    [outcome], _ = submit(f"{offering('AUTH PLAIN')}\n{BODY}\n{FAREWELL}")
    assert isinstance(outcome, Sent)


@pytest.mark.parametrize(("offered", "said"), [("AUTH PLAIN", PLAIN), ("AUTH LOGIN", LOGIN)])
def test_a_refused_login_is_for_somebody_to_mend(offered: str, said: str) -> None:
    """The line names the user and the reply, and never the password."""
    error, _ = fail_to_open(f"{offering(offered)}\n{said}\nS: 535 5.7.8 wrong\n! gone", **ACCOUNT)
    assert isinstance(error, RelayRefused)
    assert "refused the login of 'jörg@example.org': 535 5.7.8 wrong: check" in str(error)
    assert "geheim" not in str(error)


def test_a_password_that_is_missing_is_not_tried() -> None:
    """The line says where this relay's would be read."""
    account = {"user": "ann", "variable": "MAILER_SMTP__PASSWORDS__OUR_OWN"}
    error, server = fail_to_open(f"{offering('AUTH PLAIN')}\n! gone", **account)
    assert isinstance(error, RelayRefused)
    assert "no password for 'ann': give it as MAILER_SMTP__PASSWORDS__OUR_OWN, or" in str(error)
    assert server.leftover == b""


def test_a_user_that_is_refused_at_once_ends_the_login() -> None:
    """The password is not told to a server that already said no."""
    dialogue = f"{offering('AUTH LOGIN')}\nC: AUTH LOGIN\nS: 534 5.7.9 too weak\n! gone"
    error, server = fail_to_open(dialogue, **ACCOUNT)
    assert isinstance(error, RelayRefused)
    assert server.leftover == b""


def test_a_login_that_fails_for_now() -> None:
    """454 is the server's own trouble (RFC 4954 §6)."""
    dialogue = f"{offering('AUTH PLAIN')}\n{PLAIN}\nS: 454 4.7.0 directory away\n! gone"
    error, _ = fail_to_open(dialogue, **ACCOUNT)
    assert isinstance(error, RelayUnavailable)


@pytest.mark.parametrize(
    ("offered", "named"), [("AUTH CRAM-MD5", "CRAM-MD5"), ("SIZE", "no login at all")]
)
def test_a_login_that_we_do_not_know(offered: str, named: str) -> None:
    """The line says what is offered."""
    error, _ = fail_to_open(f"{offering(offered)}\n! gone", **ACCOUNT)
    assert isinstance(error, RelayRefused)
    assert f"offers {named}, not PLAIN or LOGIN" in str(error)


class DistantServer(asyncio.Transport):
    """A connection to another machine: what is written to it is kept, and nothing comes back."""

    def __init__(self, tls: bool) -> None:
        super().__init__({"peername": ("192.0.2.25", 587), "ssl_object": object() if tls else None})
        self.written: list[bytes] = []

    def is_closing(self) -> bool:
        return False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))


def log_in_to(server: DistantServer) -> RelayError | WireFault:
    wire = Wire()
    wire.connection_made(server)
    relay = Relay("smtp", "relay.test", 587, "mailer.test", timeout=0.01, **ACCOUNT)
    try:
        asyncio.run(log_in(wire, relay, Extensions(auth=frozenset({"PLAIN"}))))
    except (RelayError, WireFault) as error:
        return error
    raise AssertionError("nothing was raised")


def test_no_password_leaves_this_machine_unencrypted() -> None:
    """Off loopback a login needs TLS, whatever the server offers."""
    server = DistantServer(tls=False)
    error = log_in_to(server)
    assert isinstance(error, RelayRefused)
    assert "will not send a password unencrypted" in str(error)
    assert server.written == []


def test_under_tls_the_password_may_leave() -> None:
    """With TLS the login is said, here to a server that then falls silent."""
    server = DistantServer(tls=True)
    assert isinstance(log_in_to(server), WireFault)
    assert server.written == [PLAIN.removeprefix("C: ").encode() + b"\r\n"]


def test_the_login_goes_by_the_offer_made_under_tls(trusted: ssl.SSLContext) -> None:
    """What EHLO offered in the clear is no longer true after STARTTLS."""
    dialogue = f"""
        {GREETING}
        S: 250-relay.test
        S: 250-AUTH PLAIN
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go ahead
        ! tls
        C: EHLO mailer.test
        S: 250-relay.test
        S: 250 AUTH LOGIN
        {LOGIN}
        S: 235 welcome
        {BODY}
        {FAREWELL}
    """
    [outcome], _ = submit(dialogue, tls=trusted, scheme="smtp+starttls", **ACCOUNT)
    assert isinstance(outcome, Sent)
