"""Signatures over a whole message, the fields that go in front of it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailer.message.dkim.key import Key

_FOLD = b"\r\n "
_LINE_OCTETS = 76
# A message has each at most once (RFC 5322 §3.6, RFC 2045 §4, §5).
_ONCE = (
    *(b"from", b"reply-to", b"to", b"date", b"subject", b"message-id"),
    *(b"mime-version", b"content-type"),
)
_WHITE_SPACE = re.compile(rb"[ \t]{2,}|\t")


@dataclass(frozen=True)
class Signer:
    """Signs for `domain` (`d=`) with every key. `clock` gives the time of signing (`t=`)."""

    domain: str
    keys: tuple[Key, ...]
    clock: Callable[[], dt.datetime]

    def sign(self, message: bytes) -> bytes:
        """One DKIM-Signature field for each key, to be put in front of the message.

        Every field of the message is signed, each occurrence of it, and those that a message has
        once are signed once more, so that nobody can add another (RFC 6376 §8.15).

        The body is hashed as it stands: like each copy of a stencil it must be its own canonical
        form (§3.4.4), with white space only as single spaces inside lines and without empty lines
        at its end. No `l=`: nothing may follow.
        """
        head, _, body = message.partition(b"\r\n\r\n")
        names, signed = _canonical(head)
        seconds = int(self.clock().timestamp())
        digest = base64.b64encode(hashlib.sha256(body).digest())
        shared = (b"t=%d; bh=%b;" % (seconds, digest), *_listed(names))
        return b"".join(self._field(key, shared, signed) for key in self.keys)

    def _field(self, key: Key, shared: Sequence[bytes], signed: bytes) -> bytes:
        """A fold reads as one space, so the lines of the field are its canonical form."""
        about = f"v=1; a={key.kind}-sha256; c=relaxed/relaxed;"
        where = f"d={self.domain}; s={key.selector};"
        lines = (about.encode(), where.encode(), *shared, b"b=")
        proof = base64.b64encode(key.sign(b"%bdkim-signature:%b" % (signed, b" ".join(lines))))
        return b"DKIM-Signature: %b%b\r\n" % (_FOLD.join(lines), _FOLD.join(_chunks(proof)))


def _canonical(head: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The names of all fields, some of them again, and what is signed of them (RFC 6376 §3.4.2).

    From the last field to the first: of fields with one name, the lowest counts first (§5.4.2).
    """
    names, signed = [], []
    for line in reversed(_unfolded(head).split(b"\r\n")):
        name, _, value = line.partition(b":")
        name = name.strip(b" ").lower()
        names.append(name)
        signed.append(b"%b:%b\r\n" % (name, value.strip(b" ")))
    again = (name for name in _ONCE if name in names)
    return (*names, *again), b"".join(signed)


def _unfolded(head: bytes) -> bytes:
    """Each field on one line, white space as single spaces."""
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    if b"  " in unfolded or b"\t" in unfolded:  # seldom, and dear to look for
        unfolded = _WHITE_SPACE.sub(b" ", unfolded)
    return unfolded


@lru_cache
def _listed(names: Sequence[bytes]) -> Sequence[bytes]:
    """`h=` in lines; white space around its colons means nothing."""
    lines, line = [], b"h=" + names[0]
    for name in names[1:]:
        line += b":"
        if len(line) + len(name) > _LINE_OCTETS - len(" :"):
            lines.append(line)
            line = b""
        line += name
    return (*lines, line + b";")


def _chunks(proof: bytes) -> list[bytes]:
    """White space inside `b=` means nothing (RFC 6376 §3.5)."""
    width = _LINE_OCTETS - len(" b=")
    return [proof[start : start + width] for start in range(0, len(proof), width)]
