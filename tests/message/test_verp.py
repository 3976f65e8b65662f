"""A token names one delivery, and only if we made it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import TokenInvalid
from mailer.links import Keyring, Purpose
from mailer.message import verp
from mailer.message.verp import DeliveryKey
from mailer.model.return_path import TOKEN_CHARACTERS

OLD, NEW = b"o" * 32, b"n" * 32
RING = Keyring(1, {1: OLD})
TOKEN = verp.token_of(RING, DeliveryKey(7, 42))
numbers = st.builds(DeliveryKey, st.integers(0, 2**32 - 1), st.integers(0, 2**40 - 1))


@given(numbers)
def test_a_token_gives_back_its_delivery(delivery: DeliveryKey) -> None:
    """Whatever a relay makes of the case of its letters; it fits into a local part."""
    token = verp.token_of(RING, delivery)
    assert re.fullmatch(f"[a-z2-7]{{{TOKEN_CHARACTERS}}}", token)
    for seen in (token, token.upper(), token.title()):
        assert verp.read(RING, seen) == delivery


def test_a_retired_key_verifies_for_ever() -> None:
    """Bounces come late; without its key a token is anybody's."""
    rotated = Keyring(2, {1: OLD, 2: NEW})
    assert verp.read(rotated, TOKEN) == DeliveryKey(7, 42)
    assert verp.token_of(rotated, DeliveryKey(7, 42)) != TOKEN
    with pytest.raises(TokenInvalid):
        verp.read(Keyring(2, {2: NEW}), TOKEN)


@given(st.integers(0, TOKEN_CHARACTERS - 1), st.characters(codec="ascii"))
def test_a_changed_token_is_refused(at: int, character: str) -> None:
    changed = TOKEN[:at] + character + TOKEN[at + 1 :]
    if changed.lower() != TOKEN:
        with pytest.raises(TokenInvalid):
            verp.read(RING, changed)


@pytest.mark.parametrize("text", ["", TOKEN[:-8], TOKEN + "=", "é" * TOKEN_CHARACTERS])
def test_what_is_no_base32_or_too_short_is_refused(text: str) -> None:
    with pytest.raises(TokenInvalid):
        verp.read(RING, text)


@given(st.text(max_size=80) | st.text("abcdefghijklmnopqrstuvwxyz234567é=", max_size=40))
def test_anything_else_is_refused(text: str) -> None:
    """Truncated, padded, empty, in other scripts: one error and no crash."""
    with pytest.raises(TokenInvalid):
        verp.read(RING, text)


def test_a_link_is_no_token() -> None:
    """What a link's MAC proves, it proves for its own purpose alone."""
    link = RING.mac(bytes((1, Purpose.UNSUBSCRIBE)) + bytes(16))
    assert not RING.made(bytes((1, Purpose.DELIVERY)) + bytes(16), link)
