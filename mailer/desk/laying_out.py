"""A new issue from the inbox: what was collected, section by section, with its pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailer import files
from mailer.composer.canonical import canonical
from mailer.desk import issue_file
from mailer.desk.inbox import inbox_of
from mailer.desk.past.gathering import all_of
from mailer.errors import FetchError, NotFound, UsageError
from mailer.intake.imaging.decoded import decode
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.inbox.folder import Inbox, Kept
from mailer.intake.inbox.layout import House, laid_out
from mailer.records import Records

_SUFFIXES = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """`left` is what stays in the inbox for another issue."""

    path: Path
    taken: tuple[Kept, ...]
    left: int


def new_issue(app: Records, slug: str, title: str, names: Sequence[str], tell: Tell) -> LaidOut:
    """Lay out an issue file with items of the inbox: those named, or all. `tell` gets a line for
    each that cannot be read and each picture that cannot be had. Raises UsageError where there is
    nothing to lay out, or an issue of that name."""
    issue_file.place_of(app, slug)
    inbox = inbox_of(app)
    waiting, done = _sorted_out(app, inbox, tell)
    taken = _chosen(waiting, names)
    pictures = _pictures(app, slug, taken, tell)
    for where, content in pictures.values():
        files.write_atomically(app.folder / where, content)
    publication = app.config.publication
    house = House(publication.lang, publication.lead_words, app.config.inbox.sections)
    places = {address: where for address, (where, _) in pictures.items()}
    path = issue_file.new(app, slug, title, laid_out([kept.item for kept in taken], places, house))
    for kept in taken:
        inbox.replace(kept, dataclasses.replace(kept.item, issue=slug))
    for kept in done:
        inbox.drop(kept.name)
    return LaidOut(path, tuple(taken), len(waiting) - len(taken))


def _sorted_out(app: Records, inbox: Inbox, tell: Tell) -> tuple[list[Kept], list[Kept]]:
    """What waits, and what is done: laid out for an issue, and it stands there. What its editor
    left out waits again."""
    told = {
        (source.issue_id, mention.name)
        for source in all_of(app)
        for each in source.told
        for mention in each.mentions
    }
    waiting: list[Kept] = []
    done: list[Kept] = []
    for kept in inbox.items(tell):
        links = (kept.item.url, *kept.item.links.values())
        is_done = any((kept.item.issue, canonical(url)) in told for url in links)
        (done if is_done else waiting).append(kept)
    return waiting, done


def _chosen(waiting: list[Kept], names: Sequence[str]) -> list[Kept]:
    """In the order in which they came in."""
    by_name = {kept.name: kept for kept in waiting}
    for name in names:
        if name not in by_name:
            raise NotFound(f"{name}: no such item waits: see `mailer item list`")
    if not waiting:
        raise UsageError("nothing waits in the inbox: `mailer item add URL` fills it")
    chosen = [by_name[name] for name in dict.fromkeys(names)] or waiting
    return sorted(chosen, key=lambda kept: (kept.item.added, kept.name))


def _pictures(
    app: Records, slug: str, taken: Sequence[Kept], tell: Tell
) -> dict[str, tuple[str, bytes]]:
    """Path in the publication and content, by address on the web."""
    found = {}
    for kept in taken:
        address = kept.item.picture
        if not address or address in found:
            continue
        try:
            content = app.guest.get(address).content
            suffix = _SUFFIXES[decode(content).kind]
        except (FetchError, PictureFault) as error:
            tell(f"{kept.path}: its picture is left out: {address} {error}")
        else:
            found[address] = (f"images/{slug}/{kept.name}.{suffix}", content)
    return found
