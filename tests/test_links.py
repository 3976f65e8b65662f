"""A token opens one door, for one subscription, and only if we made it."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import TokenInvalid
from mailer.links import Keyring, Links, Purpose

OLD, NEW = b"o" * 32, b"n" * 32
SUBJECT = bytes(range(16))
RING = Keyring(1, {1: OLD})


@given(st.binary(min_size=16, max_size=16))
def test_a_token_gives_back_its_subject(subject: bytes) -> None:
    """For every id and purpose; it is fit for a URL as it stands."""
    for purpose in Purpose:
        token = RING.sign(purpose, subject)
        assert RING.verify(purpose, token) == subject
        assert token.replace("-", "").replace("_", "").isalnum()


def test_a_token_of_another_purpose_is_refused() -> None:
    """An unsubscribe link does not open the preferences."""
    with pytest.raises(TokenInvalid):
        RING.verify(Purpose.PREFERENCES, RING.sign(Purpose.UNSUBSCRIBE, SUBJECT))


def test_a_retired_key_verifies_for_ever() -> None:
    """After a rotation old links work; without the old key they do not."""
    token = RING.sign(Purpose.UNSUBSCRIBE, SUBJECT)
    rotated = Keyring(2, {1: OLD, 2: NEW})
    assert rotated.verify(Purpose.UNSUBSCRIBE, token) == SUBJECT
    assert rotated.sign(Purpose.UNSUBSCRIBE, SUBJECT) != token
    with pytest.raises(TokenInvalid):
        Keyring(2, {2: NEW}).verify(Purpose.UNSUBSCRIBE, token)


@given(st.integers(0, 45), st.characters(codec="ascii"))
def test_a_changed_token_is_refused(at: int, character: str) -> None:
    """Whatever character is changed, also one whose bits base64 would ignore."""
    token = RING.sign(Purpose.UNSUBSCRIBE, SUBJECT)
    changed = token[:at] + character + token[at + 1 :]
    if changed != token:
        with pytest.raises(TokenInvalid):
            RING.verify(Purpose.UNSUBSCRIBE, changed)


@given(st.text(max_size=80))
def test_anything_else_is_refused(text: str) -> None:
    """Truncated, padded, empty, in other scripts: one error and no crash."""
    with pytest.raises(TokenInvalid):
        RING.verify(Purpose.UNSUBSCRIBE, text)


def test_a_token_says_nothing_of_the_address() -> None:
    """It is as long as every other, and holds the random id alone."""
    links = Links("https://news.example.org", RING)
    assert len(links.unsubscribe(SUBJECT)) == len(links.unsubscribe(bytes(16)))
    assert links.unsubscribe(SUBJECT).startswith("https://news.example.org/u/")
    assert links.preferences(SUBJECT).startswith("https://news.example.org/p/")


@given(st.binary(max_size=200), st.binary(max_size=100))
def test_a_mac_is_hmac_sha256(key: bytes, rest: bytes) -> None:
    """However long the key is (RFC 2104 §2)."""
    head = b"\x07" + rest
    expected = hmac.digest(key, head, "sha256")[:16]
    assert Keyring(7, {7: key}).mac(head) == expected


def test_only_we_can_answer_our_probe() -> None:
    """The answer is another token, which no other link gives away."""
    links = Links("https://news.example.org", RING)
    token = links.probe(SUBJECT).removeprefix("https://news.example.org/probe/")
    answer = links.answer(token)
    assert RING.verify(Purpose.ANSWER, answer) == SUBJECT
    for other in (answer, RING.sign(Purpose.UNSUBSCRIBE, SUBJECT)):
        with pytest.raises(TokenInvalid):
            links.answer(other)
