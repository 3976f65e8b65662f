"""What a report says about one recipient, before anybody has judged it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Said(Enum):
    """To what the refusing server said it."""

    SENDER = auto()  # the connection, EHLO or MAIL
    RECIPIENT = auto()  # RCPT
    MESSAGE = auto()  # DATA, or the whole message
    ITSELF = auto()  # no server was asked: the reporting system says it
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """`status` is the RFC 3463 code or empty, `code` the SMTP reply's or 0; `text` what was said,
    `comment` what the reporting system adds in words of its own; `original` the address that the
    copy was sent to, where the report has both."""

    recipient: str
    original: str
    status: str
    code: int
    text: str
    comment: str
    said: Said
    final: bool

    @property
    def is_permanent(self) -> bool:
        """Whether whoever refused meant it for good; a 4xx never does."""
        return self.final and not self.status.startswith("4") and self.code // 100 != 4
