"""Quoted-printable segments and values join into lines that every decoder reads back."""

from __future__ import annotations

import quopri
import re

from hypothesis import given
from hypothesis import strategies as st

from mailer.message import quoted_printable

text = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]))
one_line = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.lists(st.tuples(text, one_line)))
def test_segments_and_values_decode_to_what_was_joined(pieces: list[tuple[str, str]]) -> None:
    """Whatever stands in segments and values, the joined part decodes to their concatenation."""
    joined = b"".join(
        quoted_printable.encode(a) + quoted_printable.encode_value(b.encode()) for a, b in pieces
    )
    plain = "".join(a + b for a, b in pieces)
    assert quopri.decodestring(joined) == plain.replace("\n", "\r\n").encode()


@given(st.lists(st.tuples(text, one_line)))
def test_every_line_is_short_and_needs_no_transparency(pieces: list[tuple[str, str]]) -> None:
    """No line passes 76 octets, begins with a dot or `From `, or ends with white space."""
    joined = b"".join(
        quoted_printable.encode(a) + quoted_printable.encode_value(b.encode()) for a, b in pieces
    )
    assert joined.replace(b"\r\n", b"").find(b"\r") == -1
    assert joined.replace(b"\r\n", b"").find(b"\n") == -1
    for line in joined.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))


@given(st.lists(st.tuples(st.text(" \t\nx=."), st.text(" x=."))))
def test_white_space_is_single_spaces_inside_lines(pieces: list[tuple[str, str]]) -> None:
    """Nothing that a relay may squeeze or strip, and nothing that DKIM would."""
    joined = b"".join(
        quoted_printable.encode(a) + quoted_printable.encode_value(b.encode()) for a, b in pieces
    )
    assert not re.search(rb"  |\t| \r", joined)


def test_a_value_that_begins_with_a_dot_is_encoded() -> None:
    """`.NET` may begin a line; its dot must not be taken for transparency."""
    assert quoted_printable.encode_value(b".NET") == b"=2ENET=\r\n"


def test_an_empty_value_leaves_nothing() -> None:
    """A soft break after nothing would end the part with a break into the boundary."""
    assert quoted_printable.encode_value(b"") == b""
