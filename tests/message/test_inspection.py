"""A finished copy is looked at as the bytes that leave: every fault is found, and none invented."""

from __future__ import annotations

import email
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message import inspection
from mailer.message.stencil import Stencil, compile_stencil
from mailer.model.edition import Edition, PictureFile, carried_url
from mailer.model.slot import Slot, SlotKind
from tests.message.conftest import LIST, make_edition

StencilOf = Callable[..., Stencil]


@pytest.fixture
def copy(stencil_of: StencilOf, values: dict[str, str]) -> bytes:
    return stencil_of().personalise(values)


def found(message: bytes) -> list[str]:
    return list(inspection.faults(message))


def test_a_copy_of_ours_has_no_fault(copy: bytes) -> None:
    assert found(copy) == []


def test_nor_has_one_in_base64_with_its_pictures(
    edition_with: Callable[..., Edition], values: dict[str, str]
) -> None:
    """Parts within parts are read too, and a picture's octets are no text."""
    picture = PictureFile("dot.png", "image/png", 1, 1, bytes(range(256)))
    russian = "Нейродайджест: главное. " * 50
    edition = edition_with(
        html=(f'<img src="{carried_url("dot.png")}">{russian}', Slot("city"), "\n"),
        text=(russian, "\n"),
        pictures=("dot.png",),
    )
    stencil = compile_stencil(edition, LIST, [picture])
    copy = stencil.personalise({**values, "city": "Wien"})
    assert b"base64" in copy
    assert found(copy) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"Subject: ", b"Subject: " + b"x" * 1000, "has a line of 1,032 octets"),
        (b"Hello", b"He\rllo", "has a CR or an LF alone"),
        (b"Hello", b"He\nllo", "has a CR or an LF alone"),
        (b"<p>", b".p>", "has a line that begins with a dot"),
        (b"Hello", b"He\x00llo", "has a control character"),
        (b"Hello", "He\x85llo".encode(), "has a control character"),
        (b"Hello", b"He=00llo", "shows a control character in its html part"),
        (b"Hello", b"He=C2=85llo", "shows a control character in its html part"),
        (b"Date:", b"Day:", "has no header date"),
        (b"Date:", b"To: b@example.org\r\nDate:", "has the header to 2 times"),
        (b"<p>", b"<p>" + b"x=\r\n" * 100_001, "has 100,0"),
    ],
)
def test_every_fault_is_told(copy: bytes, old: bytes, new: bytes, fault: str) -> None:
    """One kind of damage at a time."""
    assert old in copy
    told = found(copy.replace(old, new, 1))
    assert any(each.startswith(fault) for each in told), told


def test_a_first_line_may_not_begin_with_a_dot(copy: bytes) -> None:
    assert "has a line that begins with a dot" in found(b"." + copy)


def test_a_message_too_large_for_most_servers_is_told(copy: bytes) -> None:
    """Pictures that a message carries add up."""
    large = copy + b"x" * 76 + (b"\r\n" + b"x" * 76) * (inspection.MESSAGE_OCTETS // 78)
    assert any("many servers take at most" in each for each in found(large))


def test_several_signatures_are_no_fault(copy: bytes) -> None:
    """One for each key (RFC 8463 §3)."""
    signed = b"DKIM-Signature: a\r\nDKIM-Signature: b\r\n" + copy
    assert found(signed) == []
    assert inspection.header_names(signed)[:3] == ("dkim-signature", "dkim-signature", "date")


@given(name=st.text(min_size=1), html=st.text(), text=st.text())
def test_the_texts_are_those_that_another_reader_sees(name: str, html: str, text: str) -> None:
    """The standard library's parser, on values and texts of every kind."""
    slot = Slot("name", "reader", SlotKind.HTML)
    edition = make_edition(html=(html, slot, "\n"), text=(text, slot, "\n"))
    copy = compile_stencil(edition, LIST).personalise(
        {":date": "now", ":message-id": "1@x", ":recipient": "a@b.c", "unsubscribe_url": "u"}
        | {"name": name, ":delivery": "x"}
    )
    parts = [part for part in email.message_from_bytes(copy).walk() if not part.is_multipart()]
    expected = [(part.get_content_subtype(), part.get_payload(decode=True)) for part in parts]
    assert list(inspection._texts(copy)) == expected
