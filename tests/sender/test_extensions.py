"""What EHLO offers."""

from __future__ import annotations

import pytest

from mailer.sender.extensions import Extensions, read_extensions


@pytest.mark.parametrize(
    ("offer", "read"),
    [
        ([], Extensions()),
        (["PIPELINING"], Extensions(pipelining=True)),
        (["pipelining"], Extensions(pipelining=True)),
        (["STARTTLS"], Extensions(starttls=True)),
        (["SMTPUTF8", "8BITMIME"], Extensions(smtputf8=True, eightbitmime=True)),
        (["DSN"], Extensions(dsn=True)),
        (["SIZE 10240"], Extensions(size=True, size_limit=10240)),
        (["SIZE"], Extensions(size=True)),
        (["SIZE 0"], Extensions(size=True)),
        (["SIZE plenty"], Extensions(size=True)),
        (["AUTH PLAIN LOGIN"], Extensions(auth=frozenset({"PLAIN", "LOGIN"}))),
        (["AUTH=plain"], Extensions(auth=frozenset({"PLAIN"}))),
        (["AUTH"], Extensions()),
        (["", "XUNKNOWN a b"], Extensions()),
    ],
)
def test_an_offer_is_read(offer: list[str], read: Extensions) -> None:
    """Keywords in any case; what we do not know is left alone."""
    assert read_extensions(["relay.test greets you", *offer]) == read


def test_the_greeting_offers_nothing() -> None:
    """The first line is the server's name, whatever it looks like."""
    assert read_extensions(["PIPELINING at your service"]) == Extensions()
