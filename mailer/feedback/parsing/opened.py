"""A message that came back, opened: its header, the words of whoever reports, the machine-readable
parts, and what it returns of the message that it is about."""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from functools import cached_property

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from lxml import html as lxml_html

_ESCAPE = b"\x1b$"  # ISO 2022-JP, which old systems do not name
_READ = 1_000_000  # octets; a report has what matters at its beginning
_UNKNOWN = "unknown-8bit"
_WORDS, _FIELD = 20_000, 2000  # characters that are read of the words, and of a field
_GROUPS, _PARTS = 100, 200
_BEGINNING = 60_000  # octets
_DSN, _ARF = "message/delivery-status", "message/feedback-report"
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_NO_WORDS = ("script", "style", "head")

# The line with which a report in plain text goes over to the message that it returns.
_GOES_OVER = re.compile(
    r"^(?:[^\w\n]|_)*(?:"
    r"(?:below|this|included|here|attached|following)\b.{0,20}\bcopy of\b"
    r"|(?:the headers? of the )?(?:original|returned|unsent|undelivered)[ ](?:e?mail|message)"
    r"(?! was)\b.{0,30}$"
    r"|message (?:headers?|text|body) follow"
    r"|(?:return-path|received|dkim-signature):"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_RECIPIENT_FIELDS = frozenset({"final-recipient", "original-recipient"})
_GROUP_BEGINS = re.compile(r"^(?:original-recipient|final-recipient|action):", re.I | re.MULTILINE)
_FINAL = re.compile(r"^(?=final-recipient:)", re.I | re.MULTILINE)


@dataclass(frozen=True)
class Opened:
    source: bytes

    @cached_property
    def message(self) -> Message:
        """Of one with parts within parts by the thousand only the header is read, which the
        standard library can."""
        try:
            return email.message_from_bytes(self.source[:_READ])
        except RecursionError:
            return BytesHeaderParser().parsebytes(self.source[:_READ])

    @property
    def beginning(self) -> Message:
        """For readers whose patience with long messages is not known."""
        return email.message_from_bytes(self.source[:_BEGINNING])

    def header(self, name: str) -> str:
        """A field of the report's own header on one line, decoded as far as it can be."""
        return field(self.message, name)

    @cached_property
    def kind(self) -> str:
        """The report-type of a multipart/report (RFC 6522 §3), in lower case."""
        return str(self.message.get_param("report-type") or "").lower()

    @property
    def words(self) -> str:
        """What the reporting system says in its own words."""
        return self._text[: self._cut]

    @cached_property
    def returned(self) -> str:
        """The header of the message that is returned; where it stands in the text, all of it."""
        found = [_returned_source(part) for part in self._parts if _type(part) in _RETURNED]
        return "\n".join(found) or self._text[self._cut :]

    @cached_property
    def groups(self) -> tuple[Message, ...]:
        """The fields of each group of a delivery status (RFC 3464 §2.1), also where the parts of
        the report were lost on the way and it stands in the text."""
        found = [g for part in self._parts if _type(part) == _DSN for g in _groups(part)]
        return tuple(found or _groups_in(self._text))[:_GROUPS]

    @cached_property
    def complaint(self) -> Message | None:
        """The fields of a feedback report (RFC 5965 §3.1)."""
        for part in self._parts:
            if _type(part) == _ARF:
                return next(_groups(part), None)
        return None

    @cached_property
    def everything(self) -> str:
        """Every text in it, decoded, the report's header included."""
        source = self.source[:_READ].decode("latin-1")
        return "\n".join((source, *map(_decoded, _leaves(self.message))))

    @cached_property
    def _parts(self) -> tuple[Message, ...]:
        return tuple(_own_parts(self.message))

    @cached_property
    def _text(self) -> str:
        plain = [_decoded(part) for part in self._spoken("text/plain")]
        if not any(text.strip() for text in plain):
            plain = [_without_tags(_decoded(part)) for part in self._spoken("text/html")]
        return "\n".join(plain).replace("\r\n", "\n")[:_WORDS]

    def _spoken(self, media_type: str) -> Iterator[Message]:
        """Its parts of this type, before what is returned."""
        for part in self._parts:
            if _type(part) in _RETURNED:
                return
            if _type(part) == media_type:
                yield part

    @cached_property
    def _cut(self) -> int:
        """Where in the text the returned message begins."""
        match = _GOES_OVER.search(self._text)
        return match.start() if match else len(self._text)


def field(message: Message, name: str) -> str:
    """A field on one line, its encoded words (RFC 2047) read as far as they can be."""
    value = str(message.get(name, ""))[:_FIELD]
    with suppress(MessageError, ValueError, LookupError):  # what nobody can decode stays as it is
        value = "".join(_piece(*piece) for piece in decode_header(value))
    return " ".join(value.split())


def _piece(octets: bytes | str, charset: str | None) -> str:
    """The parser of the standard library calls octets that it finds outside of encoded words an
    unknown charset."""
    if isinstance(octets, str):
        return octets
    return octets.decode("utf-8" if charset in (None, _UNKNOWN) else charset, "replace")


def _type(part: Message) -> str:
    """One that says that it has parts, which were lost on the way, is text."""
    stated = part.get_content_type()
    return "text/plain" if stated.startswith("multipart/") and not part.is_multipart() else stated


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of the report itself: what it returns stays closed."""
    return _parts(message, lambda part: _type(part).startswith("multipart/"))


def _leaves(message: Message) -> Iterator[Message]:
    return _parts(message, Message.is_multipart)


def _parts(message: Message, is_whole: Callable[[Message], bool]) -> Iterator[Message]:
    """In their order, those within a part that is a whole itself too; of very many the first."""
    waiting = [message]
    for _ in range(_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if is_whole(part):
            waiting += reversed(_children(part))
        else:
            yield part


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(_charset(part, payload), "replace")
    except LookupError:
        return payload.decode("latin-1")


def _charset(part: Message, payload: bytes) -> str:
    """As the part says; where it says nothing, as its octets look."""
    stated = part.get_content_charset()
    if stated:
        return stated
    return "iso2022_jp" if _ESCAPE in payload else "utf-8"


def _without_tags(html: str) -> str:
    try:
        page = lxml_html.document_fromstring(html.encode())
    except (etree.LxmlError, ValueError):
        return ""
    for element in list(page.iter(*_NO_WORDS)):
        element.drop_tree()
    for element in page.iter("br", "p", "div", "tr", "li"):
        element.tail = "\n" + (element.tail or "")
    return str(page.text_content())


def _returned_source(part: Message) -> str:
    inner = _children(part) if part.is_multipart() else []
    return "\n".join(map(_fields, inner)) if inner else _decoded(part)


def _groups(part: Message) -> Iterator[Message]:
    """The standard library's parser makes messages of groups; read anew, they are of one kind."""
    if not part.is_multipart():
        return _split(_decoded(part))
    return _split("\n\n".join(map(_fields, _children(part))))


def _fields(group: Message) -> str:
    """Not as the standard library writes them: it takes long to fold what is very long."""
    return "\n".join(f"{name}: {_whole(value)[:_FIELD]}" for name, value in group.items())


def _whole(value: str | Header) -> str:
    """Octets that are no ASCII come as a Header, and stay encoded until `field` reads them."""
    return value.encode(maxlinelen=0) if isinstance(value, Header) else value


def _groups_in(text: str) -> Iterator[Message]:
    """Those in the words of a report whose parts were lost on the way."""
    return (group for group in _split(text) if _RECIPIENT_FIELDS & {n.lower() for n in group})


def _split(text: str) -> Iterator[Message]:
    """A blank line ends a group; where those were lost, a second recipient does."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        pieces = _FINAL.split(paragraph)
        for piece in pieces if len(pieces) > 2 else [paragraph]:
            match = _GROUP_BEGINS.search(piece)
            yield email.message_from_string(piece[match.start() if match else 0 :].lstrip())
