"""What a publication has mailed into its folder, as the people who got it read it."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    message: EmailMessage

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def link(self, path: str) -> str:
        """The path of its only link to `/path/…`."""
        [found] = set(re.findall(rf'href="https?://[^/"]*(/{path}/[^"]*)"', self.html))
        return str(found)

    def _part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        assert body is not None
        return str(body.get_content())


def read(folder: Path) -> list[Mail]:
    """Every mail, the oldest first."""
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [_mail(path.read_bytes()) for path in files]


def _mail(content: bytes) -> Mail:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(str(message["To"]), str(message["Subject"]), message)
