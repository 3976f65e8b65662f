"""The contact sheet of a draft: what its page shows, for a chosen reader or for nobody's copy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from mailer.app import App
from mailer.composer.frame import web_url
from mailer.desk import copies
from mailer.desk.copies import Copy
from mailer.errors import MailerError
from mailer.model.finding import Finding
from mailer.model.issue import Issue, Item, Section
from mailer.model.mailbox import split_mailbox
from mailer.web.preview_clients import CLIENTS, Client, preview_text
from mailer.web.preview_drafts import Draft, Sound
from subscribers.errors import SubscribersError

_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose copy is shown; an empty address means nobody in particular."""

    address: str

    @classmethod
    def named(cls, text: str) -> Reader:
        return cls(text.strip())


@dataclass(frozen=True, slots=True)
class Frame:
    """`name` is unique on the page."""

    name: str
    url: str
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Tile:
    client: Client
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline, `depth` 1 inside a section."""

    title: str
    anchor: str
    line: int
    depth: int


@dataclass(frozen=True, slots=True)
class InboxRow:
    """What an inbox shows of a message before it is opened."""

    sender: str
    subject: str
    preview: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`copy` is None while no composition of the file could be shown; `fault` says why there is
    none of the file as it is, `reader_fault` why there is none for the reader that was asked for.
    """

    file: Path
    draft: Draft
    reader: Reader
    reader_fault: str
    issue: Issue | None
    copy: Copy | None
    row: InboxRow | None
    pictures: frozenset[str]
    tiles: tuple[Tile, ...]
    entries: tuple[Entry, ...]

    @property
    def url(self) -> str:
        return page_url(self.file)

    @property
    def page(self) -> str:
        """The address of the issue's public page, once there is one."""
        sound = self.draft.sound
        return web_url(sound.app.config.publication.url, sound.issue.id) if sound else ""

    @property
    def title(self) -> str:
        return self.issue.title if self.issue else self.file.name

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.draft.findings if each.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [each for each in self.draft.findings if each.severity == "warning"]


def page_url(file: Path) -> str:
    return f"/issues/{quote(file.stem, safe='')}"


def sheet_of(app: App, file: Path, draft: Draft, reader: Reader) -> Sheet:
    """`app` has the store; issue and look are those of the draft's own time."""
    if draft.sound is None:
        return Sheet(file, draft, reader, "", None, None, None, frozenset(), (), ())
    sound = draft.sound
    copy, fault = _copy(app, sound, reader)
    return Sheet(
        file,
        draft,
        reader,
        fault,
        sound.issue,
        copy,
        _row(sound, copy),
        frozenset(picture.name for picture in sound.pictures),
        tuple(_tiles(file, copy, reader)),
        tuple(_outline(sound.issue)),
    )


def _copy(app: App, sound: Sound, reader: Reader) -> tuple[Copy, str]:
    """Nobody's copy, and the reason, where the reader's cannot be made."""
    if not reader.address:
        return copies.sample_copy(sound.app, sound.edition, sound.pictures), ""
    try:
        person = app.store.show(reader.address)
    except (SubscribersError, MailerError) as error:
        return copies.sample_copy(sound.app, sound.edition, sound.pictures), str(error)
    return copies.copy_for(sound.app, sound.edition, sound.pictures, person), ""


def _row(sound: Sound, copy: Copy) -> InboxRow:
    name, address = split_mailbox(sound.edition.sender)
    return InboxRow(name or address, copy.subject, preview_text(copy.html))


def _tiles(file: Path, copy: Copy, reader: Reader) -> Iterator[Tile]:
    """A frame's address changes with what it shows, so that the page knows which to load anew."""
    digest = hashlib.sha256(copy.html.encode()).hexdigest()[:_HASH_DIGITS]
    query = urlencode({"to": reader.address, "v": digest})
    for client in CLIENTS.values():
        url = f"{page_url(file)}/{client.name}?{query}"
        frames = (
            Frame(f"{client.name}-{width}", url, width, height, f"{client.title}, {width} px")
            for width, height in client.sizes
        )
        yield Tile(client, tuple(frames))


def _outline(issue: Issue) -> Iterator[Entry]:
    for entry in issue.entries:
        yield _entry(entry, 0)
        if isinstance(entry, Section):
            yield from (_entry(item, 1) for item in entry.items)


def _entry(headed: Item | Section, depth: int) -> Entry:
    return Entry(headed.title, headed.anchor, headed.line, depth)
