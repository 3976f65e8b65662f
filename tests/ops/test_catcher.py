from __future__ import annotations

import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.ops.catcher import HOST, Catcher

_BODY = b"Subject: hello\r\n\r\n.a dot begins this line\r\nand this ends it\r\n"


def _send(catcher: Catcher, recipient: str, body: bytes = _BODY) -> None:
    with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
        client.sendmail("editor@example.org", [recipient], body)


def test_a_message_is_kept_octet_for_octet_with_its_envelope() -> None:
    """As it was before the wire doubled its dots."""
    with Catcher() as catcher:
        _send(catcher, "anne@example.org")
        (caught,) = catcher.messages

    assert caught.content == _BODY
    assert (caught.number, caught.sender) == (1, "editor@example.org")
    assert caught.recipients == ("anne@example.org",)
    assert caught.at.tzinfo is not None


def test_it_listens_on_loopback_on_a_port_that_its_url_names() -> None:
    """A free one when none is asked for."""
    with Catcher() as catcher:
        assert catcher.url == f"smtp://127.0.0.1:{catcher.port}"
        assert catcher.port > 0


def test_what_was_caught_stays_readable_after_the_end() -> None:
    """And nobody answers at the port any more."""
    with Catcher() as catcher:
        _send(catcher, "anne@example.org")

    assert len(catcher.messages) == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, catcher.port), timeout=5)


def test_many_connections_at_once_lose_nothing() -> None:
    """Every message once, numbered without a gap, with as many senders as a dispatch has."""
    with Catcher() as catcher, ThreadPoolExecutor(40) as pool:
        addresses = [f"reader{n}@example.org" for n in range(200)]
        list(pool.map(lambda address: _send(catcher, address), addresses))

    assert sorted(each.recipients[0] for each in catcher.messages) == sorted(addresses)
    assert sorted(each.number for each in catcher.messages) == list(range(1, 201))


def test_an_address_beyond_ascii_is_taken() -> None:
    """SMTPUTF8 (RFC 6531) is offered."""
    with Catcher() as catcher:
        with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
            client.ehlo()
            assert client.has_extn("smtputf8")
            client.mail("editor@example.org", ["SMTPUTF8"])
            client.rcpt("дарья@пример.example")
            client.data(_BODY)

        assert catcher.messages[0].recipients == ("дарья@пример.example",)


def test_a_bounce_has_no_sender() -> None:
    """MAIL FROM:<> is an empty sender (RFC 5321 §4.5.5)."""
    with Catcher() as catcher:
        with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
            client.sendmail("", ["anne@example.org"], _BODY)

        assert catcher.messages[0].sender == ""


def test_a_line_beyond_the_standards_limit_is_refused() -> None:
    """RFC 5321 §4.5.3.1.6: a real server would refuse it too, so it must not pass here."""
    with Catcher() as catcher:
        with pytest.raises(smtplib.SMTPDataError):
            _send(catcher, "anne@example.org", b"Subject: x\r\n\r\n" + b"x" * 2000 + b"\r\n")

        assert catcher.messages == ()


@pytest.mark.parametrize(
    "recipient", ["anne@example.org", "../../etc/passwd@example.org", "a/b@example.org", "..@x.org"]
)
def test_each_message_becomes_a_file_in_the_folder(tmp_path: Path, recipient: str) -> None:
    """Before its sender gets the 250, and nowhere else, whatever the address looks like."""
    folder = tmp_path / "caught"
    with Catcher(folder=folder) as catcher:
        with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
            client.ehlo()
            client.mail("editor@example.org")
            client.docmd(f"RCPT TO:<{recipient}>")
            taken, _ = client.data(_BODY)
        if taken != 250:
            pytest.fail("the catcher should take every address")
        (file,) = folder.iterdir()

    assert file.read_bytes() == _BODY
    assert file.name.startswith("00001-")
    assert [path.name for path in tmp_path.iterdir()] == ["caught"]


def test_a_port_in_use_is_one_clear_line() -> None:
    """It names the address and says what to do."""
    with (
        socket.create_server((HOST, 0)) as taken,
        pytest.raises(MailerError, match=f"{HOST}:{taken.getsockname()[1]}: .*another port"),
        Catcher(taken.getsockname()[1]),
    ):
        pass


def test_a_connection_that_is_open_does_not_hold_up_the_end() -> None:
    """A sender that hangs must not keep the catcher from stopping; no thread is left."""
    before = set(threading.enumerate())
    with Catcher() as catcher:
        idle = socket.create_connection((HOST, catcher.port), timeout=5)
        idle.recv(100)
    idle.close()

    assert set(threading.enumerate()) <= before


def test_a_message_that_is_cut_off_is_not_caught() -> None:
    """Without its final dot it was never sent."""
    with Catcher() as catcher:
        with socket.create_connection((HOST, catcher.port), timeout=5) as wire:
            wire.recv(1000)
            for line in (b"HELO x", b"MAIL FROM:<a@example.org>", b"RCPT TO:<b@example.org>"):
                wire.sendall(line + b"\r\n")
                wire.recv(1000)
            wire.sendall(b"DATA\r\n")
            wire.recv(1000)
            wire.sendall(b"Subject: half\r\n")
        _send(catcher, "anne@example.org")

        assert [each.recipients for each in catcher.messages] == [("anne@example.org",)]
