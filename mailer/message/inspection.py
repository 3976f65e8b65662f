"""Looking at a finished copy as a relay and a mail client will: what is wrong with its bytes."""

from __future__ import annotations

import binascii
import re
from collections import Counter
from collections.abc import Iterator

from mailer.model.edition import HTML_OCTETS

LINE_OCTETS = 998  # without its CRLF (RFC 5322 §2.1.1)
MESSAGE_OCTETS = 10_000_000  # the strictest of the large servers take no more

_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
_ANYTHING_ELSE = bytes(octet for octet in range(256) if octet not in _CONTROLS)
_C1 = re.compile(b"\xc2[\x80-\x9f]")  # U+0080 to U+009F in UTF-8
_FIELD = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
_BOUNDARY = re.compile(rb'boundary="([^"]+)"')
_ONCE = frozenset(
    {
        *("date", "from", "to", "subject", "message-id", "mime-version", "content-type"),
        *("list-id", "list-unsubscribe", "list-unsubscribe-post"),
    }
)
_SEVERAL = frozenset({"dkim-signature"})


def header_names(message: bytes) -> tuple[str, ...]:
    """The names of its fields in order, in lower case."""
    head = message.partition(b"\r\n\r\n")[0]
    return tuple(name.decode().lower() for name in _FIELD.findall(head))


def faults(message: bytes) -> Iterator[str]:
    """Why a relay would refuse the copy, or a client show something else than was meant; each ends
    a sentence that begins with the copy."""
    yield from _lines(message)
    yield from _headers(message)
    if len(message) > MESSAGE_OCTETS:
        yield f"has {len(message):,} octets, and many servers take at most {MESSAGE_OCTETS:,}"
    for subtype, content in _texts(message):
        if _has_control(content):
            yield f"shows a control character in its {subtype} part"
        if subtype == "html" and len(content) > HTML_OCTETS:
            yield f"has {len(content):,} bytes of HTML, of which Gmail shows about 102,000"


def _lines(message: bytes) -> Iterator[str]:
    lines = message.split(b"\r\n")
    longest = max(map(len, lines))
    if longest > LINE_OCTETS:
        yield f"has a line of {longest:,} octets, and a mail allows {LINE_OCTETS}"
    if message.count(b"\r") != len(lines) - 1 or message.count(b"\n") != len(lines) - 1:
        yield "has a CR or an LF alone"
    if message.startswith(b".") or b"\r\n." in message:
        yield "has a line that begins with a dot"
    if _has_control(message):
        yield "has a control character"


def _has_control(text: bytes) -> bool:
    return bool(text.translate(None, _ANYTHING_ELSE) or _C1.search(text))


def _headers(message: bytes) -> Iterator[str]:
    count = Counter(header_names(message))
    for name in sorted(_ONCE - count.keys()):
        yield f"has no header {name}"
    for name in sorted(count.keys() - _SEVERAL):
        if count[name] > 1:
            yield f"has the header {name} {count[name]} times"


def _texts(message: bytes) -> Iterator[tuple[str, bytes]]:
    """Subtype and content of its text parts, as a client decodes them."""
    pieces = [message]
    for boundary in _BOUNDARY.findall(message):
        pieces = [part for piece in pieces for part in piece.split(b"\r\n--" + boundary)]
    for piece in pieces:
        head, _, body = piece.partition(b"\r\n\r\n")
        kind = re.search(rb"^Content-Type: text/(\w+)", head, re.MULTILINE)
        if kind is not None:
            base64 = b"\r\nContent-Transfer-Encoding: base64" in head
            decoded = binascii.a2b_base64(body) if base64 else binascii.a2b_qp(body)
            yield kind[1].decode(), decoded
