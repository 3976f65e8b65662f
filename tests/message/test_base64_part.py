"""Base64 parts join from three phases of every segment."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from mailer.message import base64_part


def test_values_fill_a_group_that_no_segment_between_them_does() -> None:
    """Three octets make a group, whoever they are from."""
    rest = [(b"c", b""), (b"d", b"e"), (b"", b"rest")]
    joined = base64_part.join(
        base64_part.segment(b"ab"), [(value, base64_part.segment(text)) for value, text in rest]
    )
    assert base64.b64decode(joined.replace(b"\r\n", b""), validate=True) == b"abcderest"


@given(st.binary(), st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=200))))
def test_the_joined_part_decodes_to_segments_and_values(
    first: bytes, rest: list[tuple[bytes, bytes]]
) -> None:
    """Whatever the lengths modulo three, also of segments shorter than a group."""
    joined = base64_part.join(
        base64_part.segment(first), [(value, base64_part.segment(text)) for value, text in rest]
    )
    expected = first + b"".join(value + text for value, text in rest)
    assert base64.b64decode(joined.replace(b"\r\n", b""), validate=True) == expected
    assert all(len(line) <= 76 for line in joined.split(b"\r\n"))
