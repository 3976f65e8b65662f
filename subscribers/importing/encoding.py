"""How the text of a file is encoded: told by its first bytes, else by all of them."""

from __future__ import annotations

import codecs
from typing import BinaryIO

_MARKS = (  # those of UTF-32 first: that of UTF-16 begins one of them
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_HEAD = 4096  # octets
_BLOCK = 1 << 20  # octets
NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}


def told(stream: BinaryIO) -> str:
    """A codec's name. Leaves the stream at its beginning."""
    head = stream.read(_HEAD)
    stream.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return _without_mark(head) or _told_by_all(stream)


def _without_mark(head: bytes) -> str:
    """UTF-16 that nobody marked has a NUL beside every letter of a heading."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    most = len(head) // 4
    if odd > most and not even:
        return "utf-16-le"
    if even > most and not odd:
        return "utf-16-be"
    return ""


def _told_by_all(stream: BinaryIO) -> str:
    """UTF-8, or the encoding that programs on Windows write where it is not: a few damaged
    letters among many good ones leave it UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = damaged = 0
    while block := stream.read(_BLOCK):
        text = decoder.decode(block)
        if text.isascii():
            continue
        lost = text.count("\ufffd")
        damaged += lost
        good += len(text) - len(text.encode("ascii", "ignore")) - lost
    stream.seek(0)
    return "cp1252" if damaged > good else "utf-8-sig"
