"""The commands of a transaction, and the copies that are not offered."""

from __future__ import annotations

import dataclasses

import pytest

from mailer.model.delivery import Envelope
from mailer.model.outcome import Blame
from mailer.sender.commands import mail_from, rcpt_to, unfit
from mailer.sender.extensions import Extensions

COPY = Envelope("news@example.org", "ada@example.org", b"0123456789\r\n")
JOSE = dataclasses.replace(COPY, recipient="josé@example.org", smtputf8=True)
EVERYTHING = Extensions(smtputf8=True, eightbitmime=True, size=True, size_limit=1000)


@pytest.mark.parametrize(
    ("envelope", "extensions", "command"),
    [
        (COPY, Extensions(), "MAIL FROM:<news@example.org>"),
        (dataclasses.replace(COPY, sender=""), Extensions(), "MAIL FROM:<>"),
        (COPY, EVERYTHING, "MAIL FROM:<news@example.org> SIZE=12"),
        (JOSE, EVERYTHING, "MAIL FROM:<news@example.org> SIZE=12 BODY=8BITMIME SMTPUTF8"),
        (JOSE, Extensions(smtputf8=True), "MAIL FROM:<news@example.org> SMTPUTF8"),
    ],
)
def test_mail(envelope: Envelope, extensions: Extensions, command: str) -> None:
    """MAIL names what the server offers and the copy needs, and nothing else."""
    assert mail_from(envelope, extensions) == command.encode() + b"\r\n"


def test_rcpt_is_utf8() -> None:
    """An internationalised local part travels as UTF-8 (RFC 6531 §3.3)."""
    assert rcpt_to(JOSE, Extensions()) == "RCPT TO:<josé@example.org>\r\n".encode()


def test_a_server_that_reports_is_asked_for_failures_with_our_token() -> None:
    """RET, ENVID, NOTIFY and ORCPT (RFC 3461 §4) where DSN is offered, and nowhere else."""
    copy = dataclasses.replace(COPY, recipient="a+b=c@example.org", envid="a7+=é")
    dsn = dataclasses.replace(EVERYTHING, dsn=True)
    assert mail_from(copy, dsn).endswith(b" SIZE=12 RET=HDRS ENVID=a7+2B+3D+E9\r\n")
    assert rcpt_to(copy, dsn) == (
        b"RCPT TO:<a+b=c@example.org> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb+3Dc@example.org\r\n"
    )
    assert b"ENVID" not in mail_from(copy, EVERYTHING)
    assert rcpt_to(copy, EVERYTHING) == b"RCPT TO:<a+b=c@example.org>\r\n"
    assert rcpt_to(COPY, dsn) == b"RCPT TO:<ada@example.org>\r\n"


def test_an_internationalised_address_is_quoted_in_orcpt() -> None:
    """utf-8-addr-xtext (RFC 6533 §3): 7 bits, whatever the address holds."""
    copy = dataclasses.replace(JOSE, recipient="jo+sé\\猫@example.org", envid="token")
    command = rcpt_to(copy, dataclasses.replace(EVERYTHING, dsn=True)).decode()
    assert command.endswith(r"ORCPT=utf-8;jo\x{2B}s\x{E9}\x{5C}\x{732B}@example.org" + "\r\n")


@pytest.mark.parametrize(
    "recipient", ["a@b.c>\r\nRCPT TO:<spy@example.org", "a\n@b.c", "a\0@b.c", "a\x85@b.c"]
)
def test_no_address_becomes_a_command(recipient: str) -> None:
    """A control character in an address never reaches the wire."""
    found = unfit(dataclasses.replace(COPY, recipient=recipient), EVERYTHING)
    assert found is not None
    assert (found.blame, found.reply.enhanced) == (Blame.RECIPIENT, "5.1.3")


def test_a_bad_sender_is_our_fault() -> None:
    """A sender's address that cannot be said would fail every copy: no recipient is to blame."""
    for sender in ("news\r\n@example.org", "ñews@example.org"):
        found = unfit(dataclasses.replace(COPY, sender=sender), Extensions())
        assert found is not None
        assert found.blame is Blame.OURS


@pytest.mark.parametrize(("limit", "fits"), [(0, True), (12, True), (11, False)])
def test_size(limit: int, fits: bool) -> None:
    """The limit itself still fits; 0 is no limit (RFC 1870 §4)."""
    found = unfit(COPY, Extensions(size=True, size_limit=limit))
    assert (found is None) is fits


def test_a_non_ascii_address_needs_smtputf8_however_it_is_marked() -> None:
    """The address itself decides, not only the envelope's mark."""
    unmarked = dataclasses.replace(JOSE, smtputf8=False)
    assert unfit(unmarked, Extensions()) is not None
    assert unfit(unmarked, EVERYTHING) is None
    assert b"SMTPUTF8" in mail_from(unmarked, EVERYTHING)
