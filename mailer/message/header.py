"""Header fields: encoded words (RFC 2047), mailboxes (RFC 5322 §3.4), folding at legal points.

A List-* field is never encoded and never folded inside its URL: relays and one-click readers take
it as it stands (RFC 2369 §2, RFC 8058 §3.1).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from mailer.model.mailbox import split_mailbox, wire_address

_WORD_OCTETS = 75
_LINE_OCTETS = 76
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PRINTABLE = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def without_controls(text: str) -> str:
    """Control characters, whatever some program takes for a line end among them, become spaces."""
    return text if text.isprintable() else _CONTROLS.sub(" ", text)


def one_line(text: str) -> str:
    """Fit for a header: no value may add another."""
    return without_controls(text).strip()


def is_plain(text: str) -> bool:
    """Whether a text may stand in a header as it is: printable ASCII that no reader decodes."""
    return bool(_PRINTABLE.fullmatch(text)) and "=?" not in text


def encoded_words(text: str, first_octets: int = _WORD_OCTETS) -> str:
    """Encoded words of at most 75 octets, cut between characters, folded one a line."""
    words, room, chunk = [], first_octets, ""
    for character in text:
        if chunk and len(_shorter_word(chunk + character)) > room:
            words.append(_shorter_word(chunk))
            room, chunk = _WORD_OCTETS, ""
        chunk += character
    words.append(_shorter_word(chunk))
    return "\r\n ".join(words)


def _shorter_word(text: str) -> str:
    octets = text.encode()
    q = "".join(chr(o) if o in _Q_SAFE else "_" if o == 32 else f"={o:02X}" for o in octets)
    b = base64.b64encode(octets).decode()
    return f"=?utf-8?q?{q}?=" if len(q) <= len(b) else f"=?utf-8?b?{b}?="


def unstructured(name: str, text: str) -> str:
    """A whole field of free text (Subject), folded to 76 octets where it has spaces."""
    text = one_line(text)
    folded = "\r\n ".join(_wrapped(text, len(name) + 2)) if is_plain(text) else None
    if folded is None or any(len(line) > _LINE_OCTETS for line in folded.split("\r\n")):
        folded = encoded_words(text, _WORD_OCTETS - len(name) - 2)
    return f"{name}: {folded}\r\n"


def _wrapped(text: str, prefix: int) -> Iterator[str]:
    """Cut at single spaces between words; the fold's own space stands for the one it replaces."""
    line, room = "", _LINE_OCTETS - prefix
    for word in re.split(r"(?<=\S) (?=\S)", text):
        candidate = f"{line} {word}" if line else word
        if line and len(candidate) > room:
            yield line
            line, room = word, _LINE_OCTETS - 1
        else:
            line = candidate
    yield line


def phrase(display_name: str) -> str:
    """A display name (RFC 5322 §3.2.5), quoted or encoded where it must be; may be empty."""
    name = one_line(display_name)
    if not is_plain(name):
        return encoded_words(name, 50)
    if not name or _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def mailbox(text: str) -> str:
    """`Name <local@domain>` as people write it, in the form of a header."""
    name, address = split_mailbox(text)
    address = wire_address(address)
    return f"{phrase(name)} <{address}>" if name else address
