"""Quoted-printable (RFC 2045 §6.7) for parts that are cut at slots.

Every slot stands between soft line breaks, so the encoded segments and values of a part can be
joined without looking at them again: each begins at column 0 and ends with a line break.

White space is a single space inside a line, anything else is encoded: relays cannot change it, and
a part is its own canonical form for DKIM, simple and relaxed (RFC 6376 §3.4).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

SOFT_BREAK = b"=\r\n"
_LINE_OCTETS = 76
_RUN = _LINE_OCTETS - 3  # room for the `=` and for a first octet that grows to three
_SAFE = frozenset(range(32, 127)) - {ord("=")}
_TABLE = tuple(bytes((octet,)) if octet in _SAFE else b"=%02X" % octet for octet in range(256))
_LOOSE_SPACE = re.compile(rb"(?<= ) | \Z")  # after another one, or at an end, where relays strip it
_PLAIN_VALUE = re.compile(rb"(?!\.|From |.*  )[!-<>-~]([ -<>-~]{0,70}[!-<>-~])?")
_PLAIN = 72  # octets that may stand in one line as they are, whichever they are
_UNBROKEN_VALUE = re.compile(rb"[!-<>-~]+")


def encode(text: str) -> bytes:
    """A whole segment. Line ends of `text` (LF or CRLF) become hard ones; what follows the last
    of them ends with a soft break."""
    lines = text.replace("\r\n", "\n").split("\n")
    hard = b"".join(_encode_line(line.encode()) + b"\r\n" for line in lines[:-1])
    return hard + (_encode_line(lines[-1].encode()) + SOFT_BREAK if lines[-1] else b"")


@lru_cache(maxsize=512)
def encode_value(value: bytes) -> bytes:
    """A slot's value: one line, already free of control characters and escaped for its place.

    Kept for a while: a personal link stands in the text and in the HTML, and names are repeated.
    """
    if not value:
        return b""
    if len(value) <= _PLAIN and _PLAIN_VALUE.fullmatch(value):
        return value + SOFT_BREAK
    if _UNBROKEN_VALUE.fullmatch(value):  # a personal link, most often
        runs = [_guarded(value[start : start + _RUN]) for start in range(0, len(value), _RUN)]
        return SOFT_BREAK.join([*runs, b""])
    return _encode_line(value) + SOFT_BREAK


def _encode_line(line: bytes) -> bytes:
    """One line without its end, broken softly at 76 octets."""
    tokens = [_TABLE[octet] for octet in line]
    for space in _LOOSE_SPACE.finditer(line):
        tokens[space.start()] = b"=20"
    return SOFT_BREAK.join(_guarded(b"".join(run)) for run in _runs(tokens))


def _runs(tokens: list[bytes]) -> list[list[bytes]]:
    """Cut where a line, with its `=` and a first octet that grows to three, would pass 76."""
    starts, column = [0], 0
    for index, token in enumerate(tokens):
        if column + len(token) > _RUN:
            starts.append(index)
            column = 0
        column += len(token)
    return [tokens[a:b] for a, b in pairwise([*starts, len(tokens)])]


def _guarded(line: bytes) -> bytes:
    """A leading dot is encoded, so that the body needs no transparency (RFC 5321 §4.5.2), and
    `From ` for the sake of mbox files."""
    if line.startswith((b".", b"From ")):
        return b"=%02X" % line[0] + line[1:]
    return line
