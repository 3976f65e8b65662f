"""Through a real Postfix: what we send is what arrives."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Iterator

import pytest
from sender.catcher import Catcher, catching
from sender.postfix import running_postfix
from sender.talk import Copies, carry

from mailer.model.delivery import Envelope
from mailer.model.outcome import Blame, Outcome, Rejected, Sent
from mailer.sender.relay import Relay
from mailer.sender.smtp import SmtpTransport

pytestmark = [pytest.mark.postfix, pytest.mark.xdist_group("postfix")]

HEADER = """\
Date: Sun, 31 Jan 2021 09:00:00 +0000
From: =?utf-8?q?Neurodigest_=C2=B7_the_digest?= <editor@example.org>
To: ada@example.org
Reply-To: "Editor, The" <editor@example.org>
Subject: =?utf-8?q?Neurodigest=3A_machine_learning_highlights_for_January?=
 =?utf-8?q?_2021_=E2=80=94_and_more?=
Message-ID: <2021-01.7@example.org>
List-Id: Neurodigest monthly <monthly.neurodigest.example.org>
List-Unsubscribe: <https://news.example.org/u/AQEBAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQ>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Feedback-ID: 7:monthly:neurodigest
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_b0undary"
"""
BODY = """
--=_b0undary
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

A line that ends in a soft break, and one that begins with a dot: =
=2ENET. Gr=C3=BC=C3=9Fe, trailing blank=20
=2E
From here on.

--=_b0undary
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PCFET0NUWVBFIGh0bWw+PGh0bWwgbGFuZz0iZW4iPjx0aXRsZT54PC90aXRsZT48cD5IaTwvaHRtbD4K

--=_b0undary--
"""
COPY = Envelope(
    "bounces@example.org", "ada@example.org", (HEADER + BODY).replace("\n", "\r\n").encode()
)


@dataclasses.dataclass(frozen=True)
class Route:
    """A Postfix, the catcher behind it, and the event loop in which that one runs."""

    port: int
    catcher: Catcher
    runner: asyncio.Runner

    def submit(self, *copies: Envelope) -> list[Outcome | None]:
        relay = Relay("smtp", "127.0.0.1", self.port, "mailer.test", timeout=15)
        work = Copies(*copies)
        self.runner.run(carry(SmtpTransport(relay, 1), work))
        return work.outcomes

    def arrival(self, recipient: str) -> bytes:
        """What arrived for a recipient, as soon as it has."""
        return self.runner.run(asyncio.wait_for(self._arrival(recipient), 30))

    async def _arrival(self, recipient: str) -> bytes:
        while recipient not in self.catcher.recipients:
            await asyncio.sleep(0.02)
        return self.catcher.bodies[self.catcher.recipients.index(recipient)]


@pytest.fixture(scope="module")
def route() -> Iterator[Route]:
    with asyncio.Runner() as runner:
        server = catching()
        catcher = runner.run(server.__aenter__())
        with running_postfix(catcher.port) as port:
            yield Route(port, catcher, runner)
        runner.run(server.__aexit__(None, None, None))


def without_trace(message: bytes) -> bytes:
    """The message without the trace fields that every relay puts on top (RFC 5321 §4.4)."""
    fields = re.compile(
        rb"(?:(?:Received|Return-Path|Delivered-To|X-Original-To):.*\r\n(?:[ \t].*\r\n)*)+"
    )
    return message[match.end() :] if (match := fields.match(message)) else message


def to(recipient: str, body: bytes = COPY.body) -> Envelope:
    return dataclasses.replace(COPY, recipient=recipient, body=body)


def test_a_copy_passes_unchanged(route: Route) -> None:
    """All our headers and the body are identical behind it, trace fields aside."""
    [outcome] = route.submit(COPY)
    assert isinstance(outcome, Sent)
    assert outcome.reply.enhanced == "2.0.0"
    arrived = route.arrival(COPY.recipient)
    assert arrived.startswith(b"Received: from mailer.test")
    assert without_trace(arrived) == COPY.body


def test_a_large_copy_passes_unchanged(route: Route) -> None:
    """Many lines, as long as a message's may be on this relay's way."""
    large = COPY.body + (b"x" * 996 + b"\r\n") * 150
    [outcome] = route.submit(to("large@example.org", large))
    assert isinstance(outcome, Sent)
    assert without_trace(route.arrival("large@example.org")) == large


def test_an_internationalised_address_passes(route: Route) -> None:
    """SMTPUTF8 all the way: the address and a header in UTF-8."""
    body = COPY.body.replace(b"To: ada@", "To: josé@".encode())
    [outcome] = route.submit(dataclasses.replace(to("josé@example.org", body), smtputf8=True))
    assert isinstance(outcome, Sent)
    assert without_trace(route.arrival("josé@example.org")) == body


def test_refusals_keep_the_connection_and_harm_nobody_else(route: Route) -> None:
    """An unknown recipient, a refused sender and a copy over the limit, between two good ones."""
    outcomes = route.submit(
        to("first@example.org"),
        to("nobody@example.org"),
        dataclasses.replace(COPY, sender="banned@example.org"),
        to("first@example.org", COPY.body + b"y\r\n" * 100_000),
        to("last@example.org"),
    )
    assert [type(outcome) for outcome in outcomes] == [Sent, Rejected, Rejected, Rejected, Sent]
    blamed = [outcome.blame for outcome in outcomes if isinstance(outcome, Rejected)]
    # Postfix refuses a sender as late as RCPT, with a 5.7.1 as for a recipient.
    assert blamed == [Blame.RECIPIENT, Blame.POLICY, Blame.RECIPIENT]
    assert without_trace(route.arrival("first@example.org")) == COPY.body
    assert without_trace(route.arrival("last@example.org")) == COPY.body


def test_a_report_of_failure_names_the_delivery(route: Route) -> None:
    """It comes back to the copy's own return path, with its ENVID and our form of the address, and
    of the copy our headers alone (RFC 3461 §6)."""
    token = "aeaaaaahaaaaaabkfea4ex5hsbfxxcds"
    copy = dataclasses.replace(
        to("gone@example.org"), sender=f"bounces+{token}@example.org", envid=token
    )
    [outcome] = route.submit(copy)
    assert isinstance(outcome, Sent)
    report = route.arrival(copy.sender).decode()
    assert f"Original-Envelope-Id: {token}\r\n" in report
    assert "Original-Recipient: rfc822;gone@example.org\r\n" in report
    assert "text/rfc822-headers" in report
    assert "Feedback-ID: 7:monthly:neurodigest" in report
    assert "_b0undary--" not in report


def test_an_internationalised_address_may_be_quoted_in_orcpt(route: Route) -> None:
    """Postfix reads our form of it (RFC 6533 §3)."""
    copy = dataclasses.replace(to("renée+x@example.org"), smtputf8=True, envid="token")
    [outcome] = route.submit(copy)
    assert isinstance(outcome, Sent)
    assert route.arrival("renée+x@example.org")
