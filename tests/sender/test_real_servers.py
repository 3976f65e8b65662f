"""Through SMTP servers that others wrote: aiosmtpd, and npm's smtp-server (`make soak`)."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from certificates import Certificate
from program import free_port
from sender.talk import COPY, Copies, Witness, carry

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Blame, Outcome, Rejected, Sent
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport

NPM = Path(__file__).parent.parent / "smtp_peers"
LARGEST = 50_000  # octets
_LOGIN = LoginPassword(b"news", b"secret")


@dataclasses.dataclass(frozen=True)
class Server:
    """Asks for STARTTLS and a login, takes at most `LARGEST` octets and nothing for gone@…;
    `arrived` has the message of each recipient."""

    relay: Relay
    arrived: Callable[[], Mapping[str, bytes]]

    def submit(self, *copies: Envelope) -> list[Outcome | None]:
        work = Copies(*copies)
        asyncio.run(carry(SmtpTransport(self.relay, 1), work))
        return work.outcomes

    def refuse_to_open(self, relay: Relay) -> str:
        with pytest.raises(RelayError) as caught:
            asyncio.run(SmtpTransport(relay, 1).open(Witness()))
        return str(caught.value)


def relay_at(port: int) -> Relay:
    return Relay("smtp+starttls", "127.0.0.1", port, "mailer.test", "news", "secret", timeout=15)


class _Kept:
    """What aiosmtpd calls."""

    def __init__(self) -> None:
        self.arrived: dict[str, bytes] = {}

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 yes"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.arrived[envelope.rcpt_tos[0]] = envelope.content
        return "250 2.0.0 kept"


class _Controller(Controller):
    def __init__(self, kept: _Kept, port: int, context: ssl.SSLContext) -> None:
        super().__init__(kept, hostname="127.0.0.1", port=port)
        self._context = context

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            data_size_limit=LARGEST,
            tls_context=self._context,
            require_starttls=True,
            auth_required=True,
            authenticator=lambda *said: AuthResult(success=said[-1] == _LOGIN, handled=False),
        )


@contextmanager
def aiosmtpd(certificate: Certificate) -> Iterator[Server]:
    kept = _Kept()
    controller = _Controller(kept, free_port(), certificate.server_context())
    controller.start()
    try:
        yield Server(relay_at(controller.port), lambda: kept.arrived)
    finally:
        controller.stop()


@contextmanager
def smtp_server(certificate: Certificate) -> Iterator[Server]:
    if shutil.which("node") is None or not (NPM / "node_modules").exists():
        pytest.fail("npm's smtp-server is missing: run `make soak`")
    words = ("node", str(NPM / "server.mjs"), str(certificate.path), str(certificate.key))
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        end, said = process.stdin.close, process.stdout

        def arrived() -> Mapping[str, bytes]:
            end()
            rows = map(json.loads, said)
            return {row["recipient"]: base64.b64decode(row["body"]) for row in rows}

        yield Server(relay_at(int(said.readline())), arrived)
        end()


@pytest.fixture(
    params=[aiosmtpd, pytest.param(smtp_server, marks=pytest.mark.soak)],
    ids=["aiosmtpd", "smtp-server"],
)
def server(
    request: pytest.FixtureRequest,
    loopback_certificate: Certificate,
    trusted: ssl.SSLContext,
) -> Iterator[Server]:
    with request.param(loopback_certificate) as open_server:
        yield open_server


def to(recipient: str, body: bytes = COPY.body) -> Envelope:
    return dataclasses.replace(COPY, recipient=recipient, body=body)


def test_copies_pass_unchanged_between_those_that_are_refused(server: Server) -> None:
    """On one connection, after STARTTLS and the login: nobody there, and too large, harm nobody
    else."""
    dots = COPY.body + b"=2E\r\n=2E.\r\n" + b"x" * 996 + b"\r\n"
    outcomes = server.submit(
        to("first@example.org", dots),
        to("gone@example.org"),
        to("large@example.org", COPY.body + b"y" * 70 + b"\r\n" * LARGEST),
        to("last@example.org"),
    )
    assert [type(outcome) for outcome in outcomes] == [Sent, Rejected, Rejected, Sent]
    blamed = [outcome.blame for outcome in outcomes if isinstance(outcome, Rejected)]
    assert blamed == [Blame.RECIPIENT, Blame.RECIPIENT]
    assert server.arrived() == {"first@example.org": dots, "last@example.org": COPY.body}


def test_a_hundred_copies_arrive_once(server: Server) -> None:
    """In the order in which they were handed over."""
    names = [f"reader{number}@example.org" for number in range(100)]
    assert all(isinstance(outcome, Sent) for outcome in server.submit(*map(to, names)))
    assert list(server.arrived()) == names


def test_a_wrong_login_is_named(server: Server) -> None:
    relay = dataclasses.replace(server.relay, password="wrong")
    assert "5.7.8" in server.refuse_to_open(relay)
