"""The sink that plays a provider keeps to its profile, and tells what was asked of it."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailer.ops.provider.process import Provider
from mailer.ops.provider.profile import PROFILES, Profile, profile_from_json

MESSAGE = b"Subject: hello\r\n\r\n.A line that begins with a dot.\r\n"


@contextmanager
def client(provider: Provider) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", provider.port, timeout=20) as connection:
        connection.ehlo()
        yield connection


def send(connection: smtplib.SMTP, to: str = "ann@example.org") -> int:
    """The code that ends the transaction."""
    for code, _ in (connection.mail("news@example.org"), connection.rcpt(to)):
        if code >= 400:
            connection.rset()
            return code
    return connection.data(MESSAGE)[0]


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_takes_a_copy(name: str) -> None:
    """And counts it."""
    assert profile_from_json(PROFILES[name].to_json()) == PROFILES[name]
    with Provider(PROFILES[name]) as provider, client(provider) as connection:
        assert send(connection) == 250
    assert (provider.load.messages, provider.load.connections) == (1, 1)
    assert provider.load.octets >= len(MESSAGE)


def test_answers_take_their_time() -> None:
    """Greeting, EHLO, MAIL, RCPT, DATA, the message: six answers, the last one slower."""
    with Provider(Profile(delay=0.05, message=0.1)) as provider:
        began = time.monotonic()
        with client(provider) as connection:
            assert send(connection) == 250
        assert time.monotonic() - began >= 6 * 0.05 + 0.1


def test_pipelined_commands_are_answered_together() -> None:
    """One delay for all of them, in their order; three delays would be three seconds."""
    with Provider(Profile(delay=1.0)) as provider, client(provider) as connection:
        began = time.monotonic()
        connection.send(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        codes = [connection.getreply()[0] for _ in range(3)]
        assert codes == [250, 250, 354]
        assert 1.0 <= time.monotonic() - began < 3.0
        connection.send(b".\r\nQUIT\r\n")
        assert [connection.getreply()[0] for _ in range(2)] == [250, 221]


def test_one_connection_too_many_is_sent_away() -> None:
    """421 instead of a greeting; there is room again when another ends."""
    with Provider(Profile(delay=0, connections=1)) as provider:
        with client(provider), pytest.raises(smtplib.SMTPConnectError, match="too many"):
            smtplib.SMTP("127.0.0.1", provider.port)
        time.sleep(0.1)
        with client(provider) as connection:
            assert send(connection) == 250
    assert provider.load.most_at_once == 2


def test_a_connection_carries_so_many() -> None:
    """Then MAIL hears 421, and the connection is gone."""
    with Provider(Profile(delay=0, per_connection=2)) as provider, client(provider) as connection:
        assert [send(connection), send(connection)] == [250, 250]
        assert connection.mail("news@example.org")[0] == 421
        connection.close()
    assert provider.load.refusals == {"421 4.7.0 enough on this connection": 1}


def test_too_many_a_second_are_throttled() -> None:
    """After the message, as Amazon does it."""
    with Provider(Profile(delay=0, per_second=5)) as provider, client(provider) as connection:
        codes = [send(connection) for _ in range(20)]
    assert 5 <= codes.count(250) < 20
    assert set(codes) == {250, 454}
    assert provider.load.messages == codes.count(250)


def test_recipients_have_their_ways() -> None:
    """Always the same ones: unknown for good, greylisted for a while, busy once."""
    profile = Profile(delay=0, unknown=0.2, greylisted=0.3, greylisted_for=0.3, busy=0.5)
    people = [f"reader{number}@example.org" for number in range(60)]
    with Provider(profile) as provider, client(provider) as connection:
        first = {to: send(connection, to) for to in people}
        time.sleep(0.4)
        second = {to: send(connection, to) for to in people}
    assert set(first.values()) == {250, 450, 451, 550}
    for to, code in first.items():
        assert second[to] == (550 if code == 550 else 250)


def test_a_provider_ends_with_its_parent() -> None:
    """Its standard input is closed then."""
    with Provider(Profile()) as provider:
        process = provider._process
        assert process.poll() is None
    assert process.returncode == 0
