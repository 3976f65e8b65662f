"""Reports as mail systems write them, in our own words and with nobody's addresses."""

from __future__ import annotations

from mailer.feedback.parsing.own import Marks
from mailer.feedback.parsing.parse import Returned, parse
from mailer.links import Keyring
from mailer.message.verp import DeliveryKey, token_of
from mailer.model.report import Report

KEYS = Keyring(1, {1: b"a key of this test alone"})
TEMPLATE = "bounces+{token}@news.example.org"
MARKS = Marks(KEYS, TEMPLATE)
DELIVERY = DeliveryKey(7, 42)
TOKEN = token_of(KEYS, DELIVERY)

_HEAD = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: bounces@news.example.org
Subject: Undelivered Mail Returned to Sender
"""
COPY = """\
From: Neurodigest <editor@example.org>
To: ann@example.com
Subject: January
"""


def plain(words: str, head: str = _HEAD) -> bytes:
    """In words alone."""
    return f"{head}\n{words}".encode()


def dsn(groups: str, words: str = "", copy: str = COPY, message: str = "") -> bytes:
    """A delivery status notification; `groups` are its recipients' fields, `message` those of the
    message."""
    return f"""\
{_HEAD}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
{message}
{groups}

--b
Content-Type: text/rfc822-headers

{copy}
--b--
""".encode()


def failed(said: str, status: str = "5.0.0", recipient: str = "ann@example.com") -> str:
    """A group for one recipient."""
    return (
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\n"
    )


def complaint(fields: str, copy: str = COPY) -> bytes:
    """A feedback report (RFC 5965)."""
    return f"""\
From: feedback@example.net
To: bounces@news.example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody called this message spam.

--b
Content-Type: message/feedback-report

{fields}

--b
Content-Type: message/rfc822

{copy}
Text.

--b--
""".encode()


def read(source: bytes, to: str = "") -> Returned:
    return parse(source, MARKS, to)


def only(source: bytes) -> Report:
    """The one report in it."""
    [report] = read(source).reports
    return report
