"""The commands of one transaction, as octets, and what keeps a copy from being offered at all."""

from __future__ import annotations

import re

from mailer.model.delivery import Envelope
from mailer.model.outcome import Blame, Rejected, Reply
from mailer.sender.extensions import Extensions

DATA = b"DATA\r\n"
RSET = b"RSET\r\n"
QUIT = b"QUIT\r\n"
FINAL_DOT = b".\r\n"

_NO_XTEXT = re.compile(r"[^!-*,-<>-~]")  # what `hexchar` stands for (RFC 3461 §4)
_NO_XTEXT_UTF8 = re.compile(r"[^!-*,-<>-\[\]-~]")  # RFC 6533 §3, utf-8-addr-xtext


def mail_from(envelope: Envelope, extensions: Extensions) -> bytes:
    """MAIL with what the server offers: SIZE (RFC 1870), SMTPUTF8 and 8BITMIME (RFC 6531 §3.4),
    and DSN (RFC 3461 §4.3): a report brings back our headers, not the whole copy."""
    command = f"MAIL FROM:<{envelope.sender}>"
    if extensions.size:
        command += f" SIZE={len(envelope.body)}"
    if _needs_smtputf8(envelope):
        command += " BODY=8BITMIME SMTPUTF8" if extensions.eightbitmime else " SMTPUTF8"
    if extensions.dsn and envelope.envid:
        command += f" RET=HDRS ENVID={_xtext(envelope.envid)}"
    return f"{command}\r\n".encode()


def rcpt_to(envelope: Envelope, extensions: Extensions) -> bytes:
    """RCPT; with DSN (RFC 3461 §4.1) it asks for a report of failure alone, since a delay needs
    nothing from us, and for our own form of the address in it, whatever it was forwarded to."""
    command = f"RCPT TO:<{envelope.recipient}>"
    if extensions.dsn and envelope.envid:
        command += f" NOTIFY=FAILURE ORCPT={_original(envelope.recipient)}"
    return f"{command}\r\n".encode()


def _original(address: str) -> str:
    """RFC 3461 §4.2; RFC 6533 §3 for an internationalised address, in its form of 7 bits."""
    if address.isascii():
        return f"rfc822;{_xtext(address)}"
    return "utf-8;" + _NO_XTEXT_UTF8.sub(lambda found: f"\\x{{{ord(found[0]):02X}}}", address)


def _xtext(text: str) -> str:
    return _NO_XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text)


def unfit(envelope: Envelope, extensions: Extensions) -> Rejected | None:
    """Why this server cannot be offered this copy, or None. Nothing has gone out by then."""
    return (
        _unprintable(envelope)
        or _without_smtputf8(envelope, extensions)
        or _over_size(envelope, extensions)
    )


def _needs_smtputf8(envelope: Envelope) -> bool:
    return envelope.smtputf8 or not (envelope.recipient.isascii() and envelope.sender.isascii())


def _unprintable(envelope: Envelope) -> Rejected | None:
    """A line end in an address would be a command of somebody else's making."""
    if not envelope.sender.isprintable():
        return _rejected("5.1.7", "the sender's address holds a control character", Blame.OURS)
    if not envelope.recipient.isprintable():
        return _rejected("5.1.3", "the address holds a control character", Blame.RECIPIENT)
    return None


def _without_smtputf8(envelope: Envelope, extensions: Extensions) -> Rejected | None:
    if extensions.smtputf8 or not _needs_smtputf8(envelope):
        return None
    if not envelope.sender.isascii():
        text = "the sender's address is not ASCII and the relay does not offer SMTPUTF8"
        return _rejected("5.6.7", text, Blame.OURS)
    text = "the address is not ASCII and the relay does not offer SMTPUTF8"
    return _rejected("5.6.7", text, Blame.RECIPIENT)


def _over_size(envelope: Envelope, extensions: Extensions) -> Rejected | None:
    size, limit = len(envelope.body), extensions.size_limit
    if not limit or size <= limit:
        return None
    text = f"the copy has {size:,} octets and the relay takes {limit:,}"
    return _rejected("5.3.4", text, Blame.RECIPIENT)


def _rejected(enhanced: str, text: str, blame: Blame) -> Rejected:
    return Rejected(Reply(0, enhanced, text), blame)
