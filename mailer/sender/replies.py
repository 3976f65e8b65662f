"""What a server says: octets → replies (RFC 5321 §4.2), without any I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mailer.model.outcome import Reply

# RFC 5321 §4.5.3.1.5 allows 512 octets a line; servers in the field write more.
_LONGEST_LINE = 4096
_LARGEST_REPLY = 65536
_LONGEST_TEXT = 500

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")


class BadReply(ValueError):
    """What came is no reply; the text says why."""


class RawReply(NamedTuple):
    """A reply as it came: its code, and what each line holds behind it. It is read as text only
    where somebody asks for it: of most replies the code is enough."""

    code: int
    octets: tuple[bytes, ...]

    @property
    def digit(self) -> int:
        """The first digit, which alone decides how a client goes on (RFC 5321 §4.2.1)."""
        return self.code // 100

    @property
    def lines(self) -> tuple[str, ...]:
        """The printable text of each line."""
        return tuple(map(_printable, self.octets))

    def reply(self) -> Reply:
        """The reply on one line, its enhanced code (RFC 2034 §4) apart from its text."""
        lines = self.lines
        enhanced = _enhanced(lines[0], self.digit)
        texts = (line.removeprefix(enhanced).strip() for line in lines)
        return Reply(self.code, enhanced, " ".join(filter(None, texts))[:_LONGEST_TEXT])


def _enhanced(line: str, digit: int) -> str:
    match = _ENHANCED.match(line)
    return match[1] if match and match[1].startswith(str(digit)) else ""


class ReplyParser:
    """Takes octets in any portions. Tolerates bare LF; refuses whatever is not a reply."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = 0
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def midway(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._rest or self._lines)

    def feed(self, octets: bytes) -> Iterator[RawReply]:
        """The replies that are now whole; raises BadReply after those that came before it."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            if self._add(line.removesuffix(b"\r")):
                yield RawReply(self._code, tuple(self._lines))
                self._lines.clear()
                self._size = 0
        if len(self._rest) > _LONGEST_LINE:
            raise BadReply(f"a reply line of more than {_LONGEST_LINE} octets")

    def _add(self, line: bytes) -> bool:
        """Take in one line; True when it is the last of its reply."""
        code, last, text = _read(line)
        if self._lines and code != self._code:
            raise BadReply(f"a reply that changes its code from {self._code} to {code}")
        self._size += len(line)
        if self._size > _LARGEST_REPLY:
            raise BadReply(f"a reply of more than {_LARGEST_REPLY} octets")
        self._code = code
        self._lines.append(text)
        return last


@lru_cache(maxsize=64)
def _read(line: bytes) -> tuple[int, bool, bytes]:
    """A line's code, whether it is the last of its reply, and its text; raises BadReply. Kept for
    a while: what a server says to MAIL, RCPT and DATA is the same for every copy."""
    match = _LINE.fullmatch(line)
    if match is None or len(line) > _LONGEST_LINE:
        raise BadReply(f"not an SMTP reply: {_printable(line[:80])!r}")
    return int(match[1]), match[2] != b"-", match[3] or b""


def _printable(line: bytes) -> str:
    """The text of a line, safe to show: whatever could steer a terminal becomes a space."""
    text = line.decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text.strip()
