"""An edition: an issue × a theme, composed once. Frozen from approval or the first send on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from mailer.model.audience import MOST as AUDIENCES
from mailer.model.audience import narrowed, segments_of
from mailer.model.slot import Slot, SlotKind, Slotted, slots_of

HTML_OCTETS = 100_000  # Gmail clips a message at about 102 KB of HTML


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture of an edition. `name` is its content hash and suffix; sizes are in pixels."""

    name: str
    media_type: str
    width: int
    height: int
    content: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Of a picture that stays on the web, in pixels."""

    width: int
    height: int


def content_id(picture: str) -> str:
    """What a message calls a picture that it carries (RFC 2392 §2); no host has such a name."""
    return f"{picture}@pictures.invalid"


def carried_url(picture: str) -> str:
    """Where the HTML of a message finds a picture that the message carries."""
    return f"cid:{content_id(picture)}"


@dataclass(frozen=True, slots=True)
class Edition:
    """`html` and `text` are the two parts of the message; `page` is the public web page.

    `pictures` are the names of the pictures that `html` and `page` cite. `translations` are the
    same issue in other languages, for the readers who would rather have those.
    """

    issue_id: str
    title: str
    number: int | None
    date: dt.date | None
    lang: str
    theme: str
    sender: str  # RFC 5322 §3.4 mailbox, as it stands in From
    reply_to: str | None
    subject: Slotted
    html: Slotted
    text: Slotted
    page: str
    pictures: tuple[str, ...]
    translations: tuple[Edition, ...] = ()

    def slots(self) -> frozenset[Slot]:
        """Every slot of the message, whatever part and language it stands in."""
        return frozenset(slot for each in self.every for slot in each.written_slots())

    def written_slots(self) -> list[Slot]:
        """Those in its own language, as often as they stand there."""
        parts = (self.subject, self.html, self.text)
        return [slot for part in parts for slot in slots_of(part)]

    @property
    def every(self) -> tuple[Edition, ...]:
        """The edition itself and its translations."""
        return (self, *self.translations)

    @property
    def alone(self) -> Edition:
        """Without its translations, as it is approved."""
        return dataclasses.replace(self, translations=())

    @property
    def audiences(self) -> tuple[str, ...]:
        """The segments for which some of the message is meant, in whichever language."""
        return segments_of(*(text for each in self.every for text in (each.html, each.text)))

    def narrowed(self, segments: Collection[str]) -> Edition:
        """For a reader who is in these of its audiences and in no other."""
        html, text = narrowed(self.html, segments), narrowed(self.text, segments)
        return dataclasses.replace(self, html=html, text=text)

    def variant(self, number: int) -> Edition:
        """What one reader gets. The number's lowest bits say in which of the audiences they are, in
        their order; the rest is the place of their language in `every`."""
        names = enumerate(self.audiences)
        segments = {name for bit, name in names if number >> bit & 1}
        language = self.every[number >> AUDIENCES]
        return language.narrowed(segments).alone

    @property
    def carried(self) -> tuple[str, ...]:
        """The names of the pictures that the message itself carries."""
        html = "".join(part for part in self.html if isinstance(part, str))
        return tuple(name for name in self.pictures if carried_url(name) in html)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form, hexadecimal: the same input gives the same hash."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()


def short_hash(content_hash: str) -> str:
    """What people are shown of an edition's hash."""
    return content_hash[:10]


def to_json(edition: Edition) -> str:
    """The canonical form in which the database keeps an edition."""
    return json.dumps(_fields(edition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _fields(edition: Edition) -> dict[str, Any]:
    """Without `translations` where there are none, as it was before there could be any."""
    fields = {f.name: getattr(edition, f.name) for f in dataclasses.fields(edition)}
    for name in ("subject", "html", "text"):
        fields[name] = [_part(part) for part in fields[name]]
    fields["date"] = edition.date.isoformat() if edition.date else None
    translations = [_fields(each) for each in fields.pop("translations")]
    return {**fields, "translations": translations} if translations else fields


def from_json(document: str) -> Edition:
    return _edition(json.loads(document))


def _edition(fields: dict[str, Any]) -> Edition:
    for name in ("subject", "html", "text"):
        fields[name] = tuple(_slotted(part) for part in fields[name])
    fields["date"] = dt.date.fromisoformat(fields["date"]) if fields["date"] else None
    fields["pictures"] = tuple(fields["pictures"])
    fields["translations"] = tuple(map(_edition, fields.get("translations", ())))
    return Edition(**fields)


def _part(part: str | Slot) -> str | list[str | None]:
    return part if isinstance(part, str) else [part.name, part.default, part.kind.value]


def _slotted(part: Any) -> str | Slot:
    return part if isinstance(part, str) else Slot(part[0], part[1], SlotKind(part[2]))
