"""Characters: read as they were meant, whatever is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.fetch.characters import decoded

_TEXT = "Bücher, naïve “words”, 20 €"


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (_TEXT.encode(), "utf-8"),
        (_TEXT.encode(), ""),
        (_TEXT.encode(), "no-such-thing"),
        (_TEXT.encode(), "rot13"),
        (_TEXT.encode(), "unicode-escape"),
        (_TEXT.encode(), "idna"),
        (_TEXT.encode("cp1252"), "iso-8859-1"),
        (_TEXT.encode("cp1252"), "Windows-1252"),
        (_TEXT.encode("cp1252"), "utf-8"),
        (_TEXT.encode("cp1252"), ""),
        (_TEXT.encode("utf-8-sig"), "iso-8859-1"),
        (b"\xff\xfe" + _TEXT.encode("utf-16-le"), "utf-8"),
        (b"\xfe\xff" + _TEXT.encode("utf-16-be"), ""),
    ],
)
def test_what_is_said_of_characters_counts_where_it_can_be_true(
    content: bytes, declared: str
) -> None:
    """A mark at the beginning is never wrong; a name that nobody knows says nothing."""
    assert decoded(content, declared) == _TEXT


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        ('<meta charset="windows-1251"><p>Доступность', "windows-1251"),
        ("<meta http-equiv=content-type content='text/html; charset=koi8-r'><p>Код", "koi8-r"),
        ('<?xml version="1.0" encoding="GB2312"?><p>源代码', "gb2312"),
    ],
)
def test_a_page_tells_its_own_characters(page: str, charset: str) -> None:
    """Where its server is silent."""
    assert decoded(page.encode(charset)) == page


def test_a_spoilt_character_spoils_no_page() -> None:
    """It is shown as such, and the others as they were written."""
    assert decoded(_TEXT.encode() + b"\xff" + _TEXT.encode(), "utf-8") == f"{_TEXT}\ufffd{_TEXT}"


@given(st.binary(max_size=200), st.text(max_size=20))
@settings(max_examples=50)
def test_any_octets_are_some_text(content: bytes, declared: str) -> None:
    """Whatever is said of them."""
    assert isinstance(decoded(content, declared), str)
