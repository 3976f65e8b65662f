"""Base64 (RFC 2045 §6.8) for parts that are cut at slots.

Base64 packs three octets into four characters, so what follows a slot depends on the length of
its value modulo three. Each static segment is therefore encoded three times, once per phase; for
a copy only the few octets around a slot are encoded anew.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

_LINE_OCTETS = 57  # 76 characters


@dataclass(frozen=True, slots=True)
class Segment:
    """Static text after a slot. `phases[n]` is what is left when `n` octets went to the slot's
    last group: (encoded lines, the octets over)."""

    head: bytes
    phases: tuple[tuple[bytes, bytes], tuple[bytes, bytes], tuple[bytes, bytes]]


def segment(text: bytes) -> Segment:
    return Segment(text[:2], (_phase(text), _phase(text[1:]), _phase(text[2:])))


def _phase(text: bytes) -> tuple[bytes, bytes]:
    whole = len(text) - len(text) % 3
    return lines(text[:whole]), text[whole:]


def lines(octets: bytes) -> bytes:
    """Base64 in lines of 76 characters, each with its CRLF."""
    return b"".join(
        base64.b64encode(octets[start : start + _LINE_OCTETS]) + b"\r\n"
        for start in range(0, len(octets), _LINE_OCTETS)
    )


def join(first: Segment, rest: list[tuple[bytes, Segment]]) -> bytes:
    """The part: its first segment, then each value with the segment after it."""
    encoded, over = first.phases[0]
    out = [encoded]
    for value, following in rest:
        block = over + value
        taken = min(-len(block) % 3, len(following.head))
        block += following.head[:taken]
        if len(block) % 3:  # the following segment is too short to fill the group
            over = block
            continue
        out.append(lines(block))
        encoded, over = following.phases[taken]
        out.append(encoded)
    out.append(lines(over))
    return b"".join(out)
