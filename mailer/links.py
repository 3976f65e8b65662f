"""Signed links: a token proves that we made it, for one purpose, and says nothing of the address.

A token is base64url(key id, 1 octet · purpose, 1 octet · subject, 16 octets · MAC, 16 octets).
The MAC is HMAC-SHA256 over all that precedes it, cut to 128 bits (RFC 2104 §5). The subject is a
random id, so a token outlives a change of address and a move of the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from mailer.errors import TokenInvalid

SUBJECT_OCTETS = 16
_MAC_OCTETS = 16
_BLOCK = 64  # octets that SHA-256 takes at a time
_TOKEN_OCTETS = 2 + SUBJECT_OCTETS + _MAC_OCTETS


class Purpose(IntEnum):
    """The octet that keeps a token of one purpose from opening another door."""

    UNSUBSCRIBE = 1
    PREFERENCES = 2
    DELIVERY = 3
    REVIEW = 4
    CONFIRM = 5  # a subscription
    ACCESS = 6  # begins a visit
    MOVE = 7  # to another address
    PROBE = 8
    ANSWER = 9  # to a probe
    VISIT = 10  # goes on with one: in a cookie
    FORM = 11  # we made it, and when


class _Mac:
    """HMAC-SHA256 with what comes of the key alone computed once (RFC 2104 §4)."""

    def __init__(self, key: bytes) -> None:
        padded = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in padded))
        self._outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in padded))

    def of(self, octets: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(octets)
        outer.update(inner.digest())
        return outer.digest()[:_MAC_OCTETS]


@dataclass(frozen=True)
class Keyring:
    """`current` signs; every key, retired ones too, verifies for ever."""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)
    _macs: Mapping[int, _Mac] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        macs = {number: _Mac(key) for number, key in self.keys.items()}
        object.__setattr__(self, "_macs", macs)

    def sign(self, purpose: Purpose, subject: bytes) -> str:
        """The token for `subject` (16 octets)."""
        if len(subject) != SUBJECT_OCTETS:
            raise ValueError(f"a token's subject has {SUBJECT_OCTETS} octets")
        head = bytes((self.current, purpose)) + subject
        return base64.urlsafe_b64encode(head + self.mac(head)).rstrip(b"=").decode()

    def verify(self, purpose: Purpose, token: str) -> bytes:
        """The subject of a token; raises TokenInvalid for anything that we did not sign."""
        raw = _decode(token)
        head, mac = raw[:-_MAC_OCTETS], raw[-_MAC_OCTETS:]
        if not (self.made(head, mac) and raw[1] == purpose):
            raise TokenInvalid("this link was not made by this publication")
        return head[2:]

    def mac(self, head: bytes) -> bytes:
        """16 octets over a token's `head`, whose first octet names the key."""
        return self._macs[head[0]].of(head)

    def made(self, head: bytes, mac: bytes) -> bool:
        """Whether `mac`, which may be cut shorter, is ours; takes as long whichever it is."""
        known = head[0] in self.keys
        expected = self.mac(head if known else bytes((self.current,)) + head[1:])
        return hmac.compare_digest(mac, expected[: len(mac)]) and known


def _decode(token: str) -> bytes:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if len(raw) != _TOKEN_OCTETS or canonical != token:
        raise TokenInvalid("this link is incomplete: was it cut off on the way?")
    return raw


@dataclass(frozen=True)
class Links:
    """Personal addresses, of a subscription, a pass or a review, below the publication's URL."""

    base: str
    keyring: Keyring

    def unsubscribe(self, subject: bytes) -> str:
        return f"{self.base}/u/{self.keyring.sign(Purpose.UNSUBSCRIBE, subject)}"

    def preferences(self, subject: bytes) -> str:
        return f"{self.base}/p/{self.keyring.sign(Purpose.PREFERENCES, subject)}"

    def review(self, subject: bytes) -> str:
        return f"{self.base}/r/{self.keyring.sign(Purpose.REVIEW, subject)}"

    def confirm(self, subject: bytes) -> str:
        return f"{self.base}/c/{self.keyring.sign(Purpose.CONFIRM, subject)}"

    def access(self, subject: bytes) -> str:
        return f"{self.base}/a/{self.keyring.sign(Purpose.ACCESS, subject)}"

    def move(self, subject: bytes) -> str:
        return f"{self.base}/m/{self.keyring.sign(Purpose.MOVE, subject)}"

    def probe(self, subject: bytes) -> str:
        """Where only our own pages, with our own keys, know the answer."""
        return f"{self.base}/probe/{self.keyring.sign(Purpose.PROBE, subject)}"

    def answer(self, token: str) -> str:
        """To the token of a probe; raises TokenInvalid."""
        return self.keyring.sign(Purpose.ANSWER, self.keyring.verify(Purpose.PROBE, token))
