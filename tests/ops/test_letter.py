from __future__ import annotations

import datetime as dt

import pytest

from mailer.ops.catcher import Caught
from mailer.ops.letter import Letter, read

_AT = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)


def _letter(source: bytes, recipients: tuple[str, ...] = ("anne@example.org",)) -> Letter:
    return read(Caught(1, "editor@example.org", recipients, source, _AT))


def test_headers_are_decoded_and_unfolded() -> None:
    """An encoded and folded subject reads as it was written."""
    letter = _letter(b"Subject: =?utf-8?B?0K/QvdCy0LDRgNGM?=\r\n and more\r\nX-One: 1\r\n\r\n")

    assert letter.subject == "Январь and more"
    assert [name for name, _ in letter.headers] == ["Subject", "X-One"]


def test_both_parts_are_found_and_decoded() -> None:
    """Each in its own charset and transfer encoding."""
    letter = _letter(
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ngr\xfcn\r\n"
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>gr=C3=BCn\r\n--b--\r\n"
    )

    assert letter.text == "grün"
    assert letter.html == "<p>grün"


def test_a_plain_message_has_no_html() -> None:
    letter = _letter(b"\r\njust text\r\n")

    assert (letter.text, letter.html, letter.subject) == ("just text\r\n", None, "(no subject)")


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\r\n",
        b"\x00\xff\xfe",
        b"Subject: =?no-such-charset?B?AAAA?=\r\n\r\n",
        b"Subject: =?utf-8?B?*?=\r\nTo: <<>>,,@\r\nDate: never\r\n\r\n",
        b"From: =?utf-8?Q?=00?= <a@b>\r\nMessage-ID: <\r\nContent-Type: ;;;\r\n\r\n",
        b"Subject: \xff\xfe\xfa\r\n\r\n\xff\xff",
        b"Content-Type: text/html; charset=no-such\r\n\r\n<p>\xe9",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx",
        b"List-Unsubscribe: =?utf-8?Q?=3Chttps?=\r\n\r\n",
        b"To: " + b'"a" <a@example.org>, ' * 500 + b"b@example.org\r\n\r\n",
    ],
)
def test_no_message_is_too_broken_to_be_shown(source: bytes) -> None:
    """Every view of it is text that can be written as UTF-8."""
    letter = _letter(source)

    shown = [letter.subject, letter.source, letter.text or "", letter.html or "", letter.time]
    shown += [letter.unsubscribe, letter.size, letter.recipient, *map("".join, letter.headers)]
    "".join(shown).encode()


def test_the_link_to_leave_is_the_web_one() -> None:
    """Of the addresses in List-Unsubscribe, the first on the web; never another scheme."""
    both = b"List-Unsubscribe: <mailto:a@example.org>, <https://example.org/u/x>\r\n\r\n"

    assert _letter(both).unsubscribe == "https://example.org/u/x"
    assert _letter(b"List-Unsubscribe: <javascript:alert(1)>\r\n\r\n").unsubscribe == ""
