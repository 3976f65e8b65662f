"""A PNG, JPEG or GIF without what says where, when, by whom and with what it was made.

Nothing is decoded: the pieces of the file that draw the picture are copied, the others dropped.
What follows the picture's end, such as a phone's film of the moment, is dropped as well.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

_PNG_SIGNATURE = 8  # octets
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})  # PNG 3rd edition §11
_APPLICATION = range(0xE0, 0xF0)  # JPEG's APPn (ITU T.81 §B.2.4.6): Exif, XMP, maker's notes
_APPLICATION_KEPT = (0xE0, 0xEE)  # JFIF, and Adobe's note of the colour transform
_COMMENT, _SCAN, _END = 0xFE, 0xDA, 0xD9
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # the only applications in a GIF that change its look


def bare(kind: str, content: bytes) -> bytes:
    """`kind` is PNG, JPEG or GIF; `content` must be sound, else ValueError."""
    try:
        return _STRIPPED[kind](content)
    except (IndexError, struct.error) as error:
        raise ValueError(f"not a whole {kind}") from error


def _png(content: bytes) -> bytes:
    kept = [content[:_PNG_SIGNATURE]]
    at = _PNG_SIGNATURE
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _jpeg(content: bytes) -> bytes:
    kept = [content[:2]]
    at = 2
    while True:
        while content[at + 1] == 0xFF:  # fill octets (§B.1.1.2)
            at += 1
        marker = content[at + 1]
        if marker == _END:
            return b"".join([*kept, content[at : at + 2]])
        end = at + 2 + int(struct.unpack_from(">H", content, at + 2)[0])
        if marker == _SCAN:
            end = _after_scan(content, end)
        if marker != _COMMENT and (marker not in _APPLICATION or marker in _APPLICATION_KEPT):
            kept.append(content[at:end])
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Where entropy-coded data ends: at a marker that is neither stuffing nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise IndexError
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _gif(content: bytes) -> bytes:
    """The blocks of GIF89a but for comments, plain texts and applications other than the loop."""
    at = 13 + _table(content[10])
    kept = [content[:at]]
    while content[at] != 0x3B:
        if content[at] == 0x21:
            end = _after_blocks(content, at + 2)
            loops = content[at + 1] == 0xFF and content[at + 3 : at + 14] in _LOOPS
            is_kept = content[at + 1] == 0xF9 or loops
        else:
            end = _after_blocks(content, at + 11 + _table(content[at + 9]))
            is_kept = True
        if is_kept:
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, b"\x3b"])


def _table(flags: int) -> int:
    """Octets of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


_STRIPPED: Mapping[str, Callable[[bytes], bytes]] = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif}
