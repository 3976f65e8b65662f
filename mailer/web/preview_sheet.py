"""The contact sheet of a draft: what its page shows, for a chosen reader or for nobody's copy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from mailer.app import App
from mailer.composer.frame import web_url
from mailer.desk import copies
from mailer.desk.copies import Copy
from mailer.desk.outline import Entry, outline
from mailer.errors import MailerError
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.web.contact_sheet import ContactSheet, contact_sheet
from mailer.web.preview_clients import Client
from mailer.web.preview_drafts import Draft, Sound
from subscribers.errors import SubscribersError

_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose copy is shown; an empty address means nobody in particular, with the blocks of these
    `audiences`, or of all (None)."""

    address: str
    audiences: frozenset[str] | None = None

    @classmethod
    def asked_for(cls, query: QueryParams) -> Reader:
        """`?to=` is an address, `?chosen=&for=` are audiences."""
        chosen = frozenset(query.getlist("for")) if "chosen" in query else None
        address = query.get("to", "").strip()
        return cls(address, None if address else chosen)

    def query(self) -> list[tuple[str, str]]:
        """What asks for this reader again."""
        chosen = [] if self.audiences is None else [("chosen", "")]
        return [("to", self.address), *chosen, *(("for", name) for name in self.audiences or ())]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`contact` is None while no composition of the file could be shown; `reader_fault` says why
    there is no copy for the reader that was asked for."""

    file: Path
    draft: Draft
    reader: Reader
    reader_fault: str
    issue: Issue | None
    contact: ContactSheet | None
    pictures: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def url(self) -> str:
        return page_url(self.file)

    @property
    def page(self) -> str:
        """The address of the issue's public page, once there is one."""
        sound = self.draft.sound
        if sound is None:
            return ""
        publication = sound.app.config.publication
        return web_url(publication.url, sound.issue.id, sound.issue.lang, publication.lang)

    @property
    def audiences(self) -> list[tuple[str, bool]]:
        """For whom there are blocks, and whether those are shown to nobody in particular."""
        names = self.draft.sound.edition.audiences if self.draft.sound else ()
        chosen = self.reader.audiences
        return [(name, chosen is None or name in chosen) for name in names]

    @property
    def title(self) -> str:
        return (self.issue and self.issue.title) or self.file.name

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.draft.findings if each.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [each for each in self.draft.findings if each.severity == "warning"]


def page_url(file: Path) -> str:
    return f"/issues/{quote(os.fsencode(file.stem), safe='')}"


def sheet_of(app: App, file: Path, draft: Draft, reader: Reader) -> Sheet:
    """`app` has the store; issue and look are those of the draft's own time."""
    if draft.sound is None:
        return Sheet(file, draft, reader, "", None, None, frozenset(), ())
    sound = draft.sound
    copy, fault = _copy(app, sound, reader)
    return Sheet(
        file,
        draft,
        reader,
        fault,
        sound.issue,
        contact_sheet(sound.edition, copy, _frame_urls(file, copy, reader)),
        frozenset(picture.name for picture in sound.pictures),
        tuple(outline(sound.issue)),
    )


def _copy(app: App, sound: Sound, reader: Reader) -> tuple[Copy, str]:
    """Nobody's copy, and the reason, where the reader's cannot be made."""
    if not reader.address:
        whole = sound.edition
        edition = whole if reader.audiences is None else whole.narrowed(reader.audiences)
        return copies.sample_copy(sound.app, edition, sound.pictures), ""
    try:
        person = app.store.show(reader.address)
    except (SubscribersError, MailerError) as error:
        return copies.sample_copy(sound.app, sound.edition, sound.pictures), str(error)
    return copies.copy_for(sound.app, sound.edition, sound.pictures, person), ""


def _frame_urls(file: Path, copy: Copy, reader: Reader) -> Callable[[Client], str]:
    """A frame's address changes with what it shows, so that the page knows which to load anew."""
    digest = hashlib.sha256(copy.html.encode()).hexdigest()[:_HASH_DIGITS]
    query = urlencode([*reader.query(), ("v", digest)])
    return lambda client: f"{page_url(file)}/{client.name}?{query}"
