"""Opening a lane: connection, greeting, EHLO, STARTTLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from sender.scripted import ScriptedServer
from sender.talk import (
    BODY,
    FAREWELL,
    GREETING,
    HELLO,
    HELLO_STEP_BY_STEP,
    SHORT,
    Witness,
    fail_to_open,
    submit,
    transport_to,
)

from mailer.errors import RelayRefused, RelayUnavailable
from mailer.model.outcome import Sent
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport
from mailer.sender.wire import Wire

STARTTLS = f"""
    {GREETING}
    S: 250-relay.test
    S: 250 STARTTLS
    C: STARTTLS
"""


STAGES: dict[str, Callable[[str], str]] = {
    "the greeting": lambda answer: answer,
    "EHLO": lambda answer: f"{GREETING}\n{answer}",
    "STARTTLS": lambda answer: f"{STARTTLS}\n{answer}",
}
every_stage = pytest.mark.parametrize("stage", STAGES)


@every_stage
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("S: 421 4.3.2 busy\n! gone", "421 4.3.2 busy"),
        ("S: 451 4.7.1 greylisted\n! gone", "451 4.7.1 greylisted"),
        ("! hang", f"the server was silent for {SHORT:g} s"),
        ("S: hello there\n! hang", "the server sent not an SMTP reply: 'hello there'"),
        ("! say 220 rel\n! drop", "the server closed the connection in the middle of a reply"),
        ("! drop", "the server closed the connection"),
    ],
)
def test_trouble_while_opening_is_for_now(stage: str, answer: str, why: str) -> None:
    """A 4xx, silence, garbage or a disconnect before the first copy may pass."""
    error, _ = fail_to_open(STAGES[stage](answer), scheme="smtp+starttls")
    assert isinstance(error, RelayUnavailable)
    assert why in str(error)


@pytest.mark.parametrize("stage", ["the greeting", "STARTTLS"])
def test_a_5xx_while_opening_is_for_somebody_to_mend(stage: str) -> None:
    """A policy that shuts us out does not pass by waiting."""
    dialogue = STAGES[stage]("S: 554 5.7.1 we do not know you\n! gone")
    error, _ = fail_to_open(dialogue, scheme="smtp+starttls")
    assert isinstance(error, RelayRefused)
    assert "554 5.7.1 we do not know you: ask whoever runs the relay" in str(error)


def test_a_server_without_ehlo_gets_helo() -> None:
    """… and is offered nothing that it does not know."""
    dialogue = f"{GREETING}\nS: 500 what?\nC: HELO mailer.test\nS: 250 hi\n{BODY}\n{FAREWELL}"
    [outcome], _ = submit(dialogue)
    assert isinstance(outcome, Sent)


def test_a_server_that_takes_neither_ehlo_nor_helo_refuses_us() -> None:
    """The line names what we called ourselves."""
    error, _ = fail_to_open(
        f"{GREETING}\nS: 550 no\nC: HELO mailer.test\nS: 550 5.7.1 bad name\n! gone"
    )
    assert isinstance(error, RelayRefused)
    assert "refused our name 'mailer.test': 550 5.7.1 bad name" in str(error)


def test_starttls_is_used_and_what_was_learnt_before_is_forgotten(trusted: ssl.SSLContext) -> None:
    """After the handshake EHLO is said again, and only its answer counts."""
    dialogue = f"""
        {GREETING}
        S: 250-relay.test
        S: 250-PIPELINING
        S: 250-SIZE 10
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go ahead
        ! tls
        C: EHLO mailer.test
        S: 250 relay.test
        {BODY}
        {FAREWELL}
    """
    [outcome], _ = submit(dialogue, tls=trusted, scheme="smtp+starttls")
    assert isinstance(outcome, Sent)


@pytest.mark.parametrize("extra", ["S: 250 injected", "! say 250-inj", "! say 250 injected\\n"])
def test_octets_slipped_in_before_tls_end_the_session(trusted: ssl.SSLContext, extra: str) -> None:
    """Whoever sits on the line cannot have his answers taken for the server's own."""
    error, server = fail_to_open(
        f"{STARTTLS}\nS: 220 go ahead\n{extra}\n! gone", tls=trusted, scheme="smtp+starttls"
    )
    assert isinstance(error, RelayUnavailable)
    assert server.leftover == b""  # not even a TLS greeting


def test_starttls_that_is_not_offered_is_not_done_without() -> None:
    """smtp+starttls never falls back to plain text; the copies wait."""
    error, server = fail_to_open(HELLO + "! gone", scheme="smtp+starttls", user="me")
    assert isinstance(error, RelayUnavailable)
    assert "does not offer STARTTLS" in str(error)
    assert server.leftover == b""


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay is on another machine, as far as anybody can tell."""
    monkeypatch.setattr(Wire, "loopback", False)


@pytest.mark.usefixtures("away")
def test_what_leaves_this_machine_is_encrypted(trusted: ssl.SSLContext) -> None:
    """smtp:// begins TLS by itself, and what was said before it does not count."""
    dialogue = f"""
        {STARTTLS}
        S: 220 go ahead
        ! tls
        C: EHLO mailer.test
        S: 250 relay.test
        {BODY}
        {FAREWELL}
    """
    [outcome], _ = submit(dialogue, tls=trusted)
    assert isinstance(outcome, Sent)


@pytest.mark.usefixtures("away")
def test_what_cannot_be_encrypted_does_not_leave_this_machine() -> None:
    """Unless it is written down that it may; the line says how."""
    error, server = fail_to_open(HELLO + "! gone")
    assert isinstance(error, RelayUnavailable)
    assert "nothing was sent in the clear: use smtps://" in str(error)
    assert 'set [smtp] tls = "off"' in str(error)
    assert server.leftover == b""
    [outcome], _ = submit(HELLO_STEP_BY_STEP + BODY + FAREWELL, encrypt=False)
    assert isinstance(outcome, Sent)


def test_what_stays_on_this_machine_needs_no_encryption() -> None:
    """Even where the server offers it: its certificate would be for another name."""
    dialogue = f"{GREETING}\nS: 250-relay.test\nS: 250 STARTTLS\n{BODY}\n{FAREWELL}"
    [outcome], _ = submit(dialogue)
    assert isinstance(outcome, Sent)


def test_implicit_tls(trusted: ssl.SSLContext) -> None:
    """smtps speaks TLS from the first octet."""
    dialogue = HELLO_STEP_BY_STEP + BODY + FAREWELL
    [outcome], _ = submit(dialogue, tls=trusted, scheme="smtps")
    assert isinstance(outcome, Sent)


BAD_CERTIFICATE = [("smtps", ""), ("smtp+starttls", f"{STARTTLS}\nS: 220 go\n! tls refused")]


@pytest.mark.parametrize(("scheme", "dialogue"), BAD_CERTIFICATE)
def test_a_certificate_for_another_host_is_refused(
    foreign: ssl.SSLContext, scheme: str, dialogue: str
) -> None:
    """The line says what is wrong with it and what may be done; the copies wait."""
    error, _ = fail_to_open(dialogue, tls=foreign, scheme=scheme)
    assert isinstance(error, RelayUnavailable)
    assert "not valid for '127.0.0.1'" in str(error)


@pytest.mark.parametrize(("scheme", "dialogue"), BAD_CERTIFICATE)
def test_a_certificate_that_nobody_vouches_for_is_refused(
    untrusted: ssl.SSLContext, scheme: str, dialogue: str
) -> None:
    error, _ = fail_to_open(dialogue, tls=untrusted, scheme=scheme)
    assert isinstance(error, RelayUnavailable)
    assert "its certificate is not valid: self-signed certificate" in str(error)


def test_verify_false_takes_any_certificate(foreign_certificate: Any) -> None:
    """Whoever writes `verify = false` gets encryption without proof."""
    dialogue = HELLO_STEP_BY_STEP + BODY + FAREWELL
    tls = foreign_certificate.server_context()
    [outcome], _ = submit(dialogue, tls=tls, scheme="smtps", verify=False)
    assert isinstance(outcome, Sent)


def test_tls_on_a_plain_port_is_told() -> None:
    """smtps:// on the port of smtp:// fails with a line that says where to look."""

    async def scene() -> None:
        async with ScriptedServer("S: 220 plain\n! hang") as server:
            with pytest.raises(RelayUnavailable, match="has the scheme of that port"):
                await transport_to(server, scheme="smtps").open(Witness())

    asyncio.run(scene())


def test_a_relay_without_an_address_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is not known, and a name of which no address answers, are told apart."""

    def raises(error: OSError) -> str:
        async def create_connection(*_: object, **__: object) -> None:
            raise error

        async def scene() -> str:
            monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", create_connection)
            with pytest.raises(RelayUnavailable) as caught:
                await SmtpTransport(Relay("smtp", "relay.test", 25, "mailer.test"), 1).open(
                    Witness()
                )
            return str(caught.value)

        return asyncio.run(scene())

    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert "cannot connect: Name or service not known: check" in raises(unknown)
    several = OSError("Multiple exceptions: [Errno 111] …, [Errno 111] …")
    assert "cannot connect: none of its addresses answers: check" in raises(several)


def test_a_port_where_nobody_listens_is_unavailable() -> None:
    """The line names the relay, the reason and what to check."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        transport = SmtpTransport(Relay("smtp", "127.0.0.1", port, "mailer.test"), 1)
        with pytest.raises(RelayUnavailable) as caught:
            asyncio.run(transport.open(Witness()))
    assert str(caught.value) == (
        f"smtp://127.0.0.1:{port}: cannot connect: Connection refused: "
        "check that the relay runs and [smtp] url names it"
    )


def test_a_connection_that_is_never_taken_times_out() -> None:
    """A full backlog, or a firewall that drops packets, does not keep us for ever."""
    with socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        relay = Relay("smtp", "127.0.0.1", full.getsockname()[1], "mailer.test", timeout=SHORT)
        with pytest.raises(RelayUnavailable, match=r"within 0\.2 s|silent for 0\.2 s"):
            asyncio.run(SmtpTransport(relay, 1).open(Witness()))
