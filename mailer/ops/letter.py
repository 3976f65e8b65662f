"""A caught message as a person reads it: its headers, its text, its HTML."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from email.policy import default as modern

from mailer.ops.catcher import Caught


@dataclass(frozen=True, slots=True)
class Letter:
    caught: Caught
    message: EmailMessage

    @property
    def number(self) -> int:
        return self.caught.number

    @property
    def recipient(self) -> str:
        return ", ".join(self.caught.recipients)

    @property
    def time(self) -> str:
        """In this machine's zone."""
        return f"{self.caught.at.astimezone():%Y-%m-%d %H:%M:%S}"

    @property
    def subject(self) -> str:
        return self.header("Subject") or "(no subject)"

    @property
    def size(self) -> str:
        return f"{len(self.caught.content) / 1000:,.1f} kB"

    @property
    def source(self) -> str:
        """Every octet of it; what is no UTF-8 is shown as its escape."""
        return self.caught.content.decode("utf-8", "backslashreplace")

    @property
    def text(self) -> str | None:
        return self._body("plain")

    @property
    def html(self) -> str | None:
        return self._body("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Decoded, in their order."""
        return [(name, _one_line(value)) for name, value in _items(self.message)]

    def header(self, name: str) -> str:
        """The first of that name, decoded; empty where there is none."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")

    @property
    def unsubscribe(self) -> str:
        """The web address in List-Unsubscribe (RFC 8058), if it has one."""
        parts = [part.strip(" <>") for part in self.header("List-Unsubscribe").split(",")]
        return next((part for part in parts if part.startswith(("http://", "https://"))), "")

    def _body(self, subtype: str) -> str | None:
        part = self.message.get_body((subtype,))
        if part is None:
            return None
        raw = part.get_payload(decode=True)
        octets = raw if isinstance(raw, bytes) else b""
        return _decoded(octets, part.get_content_charset("utf-8"))


def read(caught: Caught) -> Letter:
    return Letter(caught, email.message_from_bytes(caught.content, policy=modern))


def _items(message: EmailMessage) -> list[tuple[str, str]]:
    """A header that the standard library cannot parse is shown as it came."""
    items = []
    for name, raw in message.raw_items():
        try:
            parsed: str | BaseHeader = message.policy.header_fetch_parse(name, raw)
        except (ValueError, LookupError, AttributeError, TypeError):
            parsed = raw
        items.append((name, str(parsed)))
    return items


def _one_line(value: str) -> str:
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split())


def _decoded(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")
