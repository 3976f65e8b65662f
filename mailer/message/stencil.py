"""A stencil: an edition compiled for the wire.

Compiled once per dispatch, it holds ready bytes around the slots; a copy is a join of them. All
parts are 7-bit, so the bytes need no further encoding whatever the relay offers.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote

from mailer.message import base64_part, header, quoted_printable, verp
from mailer.model.edition import Edition, PictureFile, content_id
from mailer.model.slot import UNSUBSCRIBE_URL, Slot, SlotKind, Slotted, fill, is_blank, slots_of

# Values that the sender adds to those of the subscriber. No slot can have such a name.
DATE = ":date"
MESSAGE_ID = ":message-id"
RECIPIENT = ":recipient"
DELIVERY = ":delivery"

_NO_REPLIES = b"X-Auto-Response-Suppress: OOF, AutoReply\r\n"  # of machines
_AUTOMATIC = b"Auto-Submitted: auto-generated\r\n" + _NO_REPLIES
_TITLE_OCTETS = 200  # a line has less than 998 (RFC 5322 §2.1.1), and List-Id is not folded
Values = Mapping[str, str]


class MissingValue(LookupError):
    """A slot without a default has no value for this recipient. Its text names the slot."""


class Piece(Protocol):
    """A stretch of the message that differs from copy to copy."""

    def render(self, values: Values) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Stencil:
    """Ready bytes, and what differs from copy to copy between them."""

    pieces: tuple[bytes | Piece, ...]

    def personalise(self, values: Values) -> bytes:
        """One copy; raises MissingValue."""
        return b"".join(
            [piece if isinstance(piece, bytes) else piece.render(values) for piece in self.pieces]
        )


@dataclass(frozen=True, slots=True)
class ListHeader:
    """What a list adds to each message: its List-Id (RFC 2919), the title in front of it, and the
    Feedback-ID of this dispatch to it."""

    list_id: str
    title: str
    feedback_id: str

    def render(self) -> str:
        title = header.one_line(self.title)
        fits = header.is_plain(title) and len(title) <= _TITLE_OCTETS
        phrase = header.phrase(title) if fits else ""
        return f"{phrase} <{self.list_id}>".strip()


def value_of(slot: Slot, values: Values) -> str:
    """The slot's value or, where that is blank, its default, without control characters; raises
    MissingValue."""
    value = header.without_controls(values.get(slot.name) or "")
    if not is_blank(value):
        return value
    if slot.default is None:
        raise MissingValue(slot.name)
    return header.without_controls(slot.default)


@lru_cache(maxsize=512)
def _quoted(kind: SlotKind, value: str) -> bytes:
    """Kept for a while: names are repeated, and the title of a list is the same in every copy."""
    return quoted_printable.encode_value(_escaped(kind, value))


def _escaped(kind: SlotKind, value: str) -> bytes:
    if kind is SlotKind.HTML:
        return html.escape(value).encode()
    if kind is SlotKind.URL:
        return html.escape(quote(value, safe="")).encode()
    return value.encode()


@dataclass(frozen=True, slots=True)
class QuotedSlot:
    """A slot inside a quoted-printable part."""

    slot: Slot

    def render(self, values: Values) -> bytes:
        return _quoted(self.slot.kind, value_of(self.slot, values))


@dataclass(frozen=True, slots=True)
class Base64Body:
    """A whole base64 part with its slots."""

    first: base64_part.Segment
    rest: tuple[tuple[Slot, base64_part.Segment], ...]

    def render(self, values: Values) -> bytes:
        filled = [(_escaped(slot.kind, value_of(slot, values)), after) for slot, after in self.rest]
        return base64_part.join(self.first, filled)


@dataclass(frozen=True, slots=True)
class HeaderValue:
    """A value that stands in a header by itself: an address, a date, a URL of ours."""

    name: str

    def render(self, values: Values) -> bytes:
        return header.one_line(values[self.name]).encode()


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A whole free-text field with slots in it."""

    name: str
    text: Slotted

    def render(self, values: Values) -> bytes:
        filled = (p if isinstance(p, str) else value_of(p, values) for p in self.text)
        return header.unstructured(self.name, "".join(filled)).encode()


def compile_stencil(
    edition: Edition, list_header: ListHeader | None, files: Iterable[PictureFile] = ()
) -> Stencil:
    """The message of one edition to one list, or (None) to one person, written by a program
    (RFC 3834 §5). `files` holds every picture that it carries."""
    boundary = f"={edition.content_hash[:32]}"
    by_name = {file.name: file for file in files}
    pieces: list[bytes | Piece] = [
        *_headers(edition, list_header),
        b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n",
        f' boundary="{boundary}"\r\n'.encode(),
        *_part(boundary, "plain", edition.text),
        *_rich(boundary, edition, [by_name[name] for name in edition.carried]),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    return Stencil(_merged(pieces))


def _rich(boundary: str, edition: Edition, files: Sequence[PictureFile]) -> list[bytes | Piece]:
    """The HTML, together with its pictures where the message carries them (RFC 2387)."""
    if not files:
        return _part(boundary, "html", edition.html)
    related = f"=r{edition.content_hash[:31]}"
    head = (
        f"\r\n--{boundary}\r\nContent-Type: multipart/related; "
        f'type="text/html";\r\n boundary="{related}"\r\n'
    )
    return [
        head.encode(),
        *_part(related, "html", edition.html),
        *(_picture(related, file) for file in files),
        f"\r\n--{related}--\r\n".encode(),
    ]


def _picture(boundary: str, file: PictureFile) -> bytes:
    head = (
        f"\r\n--{boundary}\r\nContent-Type: {file.media_type}\r\n"
        f"Content-Transfer-Encoding: base64\r\nContent-ID: <{content_id(file.name)}>\r\n"
        f'Content-Disposition: inline; filename="{file.name}"\r\n\r\n'
    )
    return head.encode() + base64_part.lines(file.content)


def _headers(edition: Edition, list_header: ListHeader | None) -> list[bytes | Piece]:
    sender = header.mailbox(edition.sender)
    reply_to = f"Reply-To: {header.mailbox(edition.reply_to)}\r\n" if edition.reply_to else ""
    return [
        b"Date: ",
        HeaderValue(DATE),
        f"\r\nFrom: {sender}\r\n{reply_to}To: ".encode(),
        HeaderValue(RECIPIENT),
        b"\r\nMessage-ID: <",
        HeaderValue(MESSAGE_ID),
        b">\r\n",
        _subject(edition.subject),
        *([_AUTOMATIC] if list_header is None else _list_headers(list_header)),
    ]


def _list_headers(list_header: ListHeader) -> list[bytes | Piece]:
    return [
        f"List-Id: {list_header.render()}\r\nList-Unsubscribe: <".encode(),
        HeaderValue(UNSUBSCRIBE_URL),
        b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        f"Feedback-ID: {list_header.feedback_id}\r\n".encode(),
        _NO_REPLIES,
        f"{verp.HEADER}: ".encode(),
        HeaderValue(DELIVERY),
        b"\r\n",
    ]


def _subject(text: Slotted) -> bytes | Piece:
    if any(slots_of(text)):
        return HeaderText("Subject", text)
    return header.unstructured("Subject", fill(text, {})).encode()


def _part(boundary: str, subtype: str, text: Slotted) -> list[bytes | Piece]:
    """One body part in whichever encoding is shorter; a tie goes to quoted-printable."""
    quoted: list[bytes | Piece] = [
        quoted_printable.encode(p) if isinstance(p, str) else QuotedSlot(p) for p in text
    ]
    octets = sum(len(p.replace("\n", "\r\n").encode()) for p in text if isinstance(p, str))
    packed = octets * 4 // 3 * 78 // 76 < sum(len(p) for p in quoted if isinstance(p, bytes))
    head = (
        f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {'base64' if packed else 'quoted-printable'}\r\n\r\n"
    )
    return [head.encode(), *([_base64_body(text)] if packed else quoted)]


def _base64_body(text: Slotted) -> Base64Body:
    segments: list[str] = [""]
    slots: list[Slot] = []
    for part in text:
        if isinstance(part, str):
            segments[-1] += part.replace("\r\n", "\n").replace("\n", "\r\n")
        else:
            slots.append(part)
            segments.append("")
    encoded = [base64_part.segment(segment.encode()) for segment in segments]
    return Base64Body(encoded[0], tuple(zip(slots, encoded[1:], strict=True)))


def _merged(pieces: list[bytes | Piece]) -> tuple[bytes | Piece, ...]:
    """Neighbouring bytes as one, so that a copy joins as few pieces as it has slots."""
    merged: list[bytes | Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)
