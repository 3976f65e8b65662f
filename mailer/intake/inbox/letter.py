"""A mail to the inbox → who wrote it, and what it links to. Octets in, value out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.canonical import canonical
from mailer.fetch.characters import decoded
from mailer.model.characters import FORBIDDEN

_MOST_LINKS = 10  # a mail with more is a newsletter
_LONGEST_NOTE = 2_000  # characters
_LINK = re.compile(r"https?://[^\s<>\"\u201c\u201d]+", re.IGNORECASE)
_AFTER = ".,;:!?'\"*_\u2019\u2026"  # what stands behind an address and is none of it
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_FORWARDED = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """`sender` is the address in From, in lower case, or empty; `words` are what it says beside its
    links."""

    sender: str
    subject: str
    links: tuple[str, ...]
    words: str


def read(content: bytes) -> Letter:
    """Of any octets. The plain text counts where there is one."""
    message = message_from_bytes(content, policy=policy.compat32)
    plain = "\n".join(_texts(message, "text/plain"))
    marked = "\n".join(_texts(message, "text/html"))
    text = _SIGNATURE.split(plain)[0]
    found = [_trimmed(link) for link in _LINK.findall(text)] or list(_hrefs(marked))
    links = {canonical(link): link for link in reversed(found) if canonical(link)}
    return Letter(
        sender=parseaddr(_header(message, "From"))[1].lower(),
        subject=_FORWARDED.sub("", _header(message, "Subject")),
        links=tuple(reversed(links.values()))[:_MOST_LINKS],
        words=_words(text),
    )


def _header(message: Message, name: str) -> str:
    """On one line; as it stands there where its encoding is broken."""
    raw = str(message.get(name, ""))
    try:
        text = str(make_header(decode_header(raw)))
    except (LookupError, ValueError):
        text = raw
    return " ".join(FORBIDDEN.sub(" ", text).split())


def _texts(message: Message, kind: str) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == kind and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                charset = str(part.get_content_charset() or "")
                yield FORBIDDEN.sub(" ", decoded(payload, charset).replace("\r\n", "\n"))


def _hrefs(markup: str) -> Iterator[str]:
    try:
        root = html.document_fromstring(markup) if markup.strip() else None
    except (etree.ParserError, ValueError):
        return
    if root is not None:
        yield from ("".join(href.split()) for href in root.xpath("//a/@href"))


def _trimmed(link: str) -> str:
    """Without the punctuation behind it; a bracket belongs to it where it was opened there."""
    link = link.rstrip(_AFTER)
    for opening, closing in ("()", "[]", "{}"):
        while link.endswith(closing) and link.count(opening) < link.count(closing):
            link = link[:-1].rstrip(_AFTER)
    return link


def _words(text: str) -> str:
    lines = (" ".join(_LINK.sub("", line).split()) for line in text.split("\n"))
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(" \n<>")
    return words if len(words) <= _LONGEST_NOTE else ""
