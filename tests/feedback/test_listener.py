"""Our own door: for our return paths, one at a time, and nothing is lost at it."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

import pytest
from feedback.reports import MARKS, TEMPLATE, TOKEN

from mailer.errors import MailerError
from mailer.feedback.sources.listener import Listener
from mailer.model.return_path import filled

OURS = filled(TEMPLATE, TOKEN)
REPORT = "Subject: failure\r\n\r\n.A dot, and 'Grüße'\r\n".encode()
Door = type[smtplib.SMTP]


class Shelf:
    """What was taken in; `full` takes nothing."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, str]] = []
        self.full = False

    def take(self, content: bytes, to: str) -> None:
        if self.full:
            raise OSError("no space left")
        self.taken.append((content, to))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(params=["lmtp", "smtp"])
def door(request: pytest.FixtureRequest, shelf: Shelf) -> Iterator[smtplib.SMTP]:
    """A connection to a listener."""
    scheme = str(request.param)
    kind: Door = smtplib.LMTP if scheme == "lmtp" else smtplib.SMTP
    with (
        Listener(f"{scheme}://127.0.0.1:0", MARKS.owns, shelf.take) as listener,
        kind("127.0.0.1", listener.port) as connection,
    ):
        yield connection


def test_a_message_for_a_return_path_is_taken_in(door: smtplib.SMTP, shelf: Shelf) -> None:
    """With the address that it came to; in capitals, and without a token too."""
    for address in (OURS, OURS.upper(), "bounces@news.example.org"):
        door.sendmail("", [address], REPORT)
    assert [to for _, to in shelf.taken] == [OURS, OURS.upper(), "bounces@news.example.org"]
    assert shelf.taken[0][0] == REPORT


@pytest.mark.parametrize(
    "address", ["ann@example.org", f"{OURS}x", f"bounces+{'a' * 32}@news.example.org"]
)
def test_nobody_elses_mail_is_taken(door: smtplib.SMTP, shelf: Shelf, address: str) -> None:
    """It is no relay, and a token that we did not make is no address of ours."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        door.sendmail("", [address], REPORT)
    assert refused.value.recipients[address][0] == 550
    assert shelf.taken == []


def test_one_recipient_at_a_time(door: smtplib.SMTP, shelf: Shelf) -> None:
    """LMTP answers for each (RFC 2033 §4.2), and each is a report of its own."""
    other = "bounces@news.example.org"
    refused = door.sendmail("", [OURS, other], REPORT)
    assert refused[other][0] == 452
    assert [to for _, to in shelf.taken] == [OURS]


def test_what_cannot_be_taken_in_stays_with_the_server(door: smtplib.SMTP, shelf: Shelf) -> None:
    """It tries again later."""
    shelf.full = True
    with pytest.raises(smtplib.SMTPDataError) as later:
        door.sendmail("", [OURS], REPORT)
    assert later.value.smtp_code == 451
    shelf.full = False
    door.sendmail("", [OURS], REPORT)
    assert len(shelf.taken) == 1


def test_a_port_that_is_taken_is_one_line(shelf: Shelf) -> None:
    """With the setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"lmtp://127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(MailerError, match=r"bounces\.listen"),
            Listener(url, MARKS.owns, shelf.take),
        ):
            pass
