"""The issue files of a publication: made, listed, rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mailer import files
from mailer.app import App
from mailer.composer.parsing import parse
from mailer.desk import copies, starter
from mailer.desk.composing import Composition
from mailer.errors import UsageError
from mailer.model.edition import Edition, carried_url
from mailer.model.slot import fill

PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class IssueFile:
    """One file of the folder `issues/`, as its front matter describes it."""

    file: Path
    id: str
    title: str
    date: str
    lang: str


def new(app: App, slug: str, title: str, items: str = "") -> Path:
    """Lay out an issue file, with `items` as they will stand in it; raises UsageError where there
    is one of that name."""
    path = place_of(app, slug)
    date = app.today().isoformat()
    lang = app.config.publication.lang
    text = starter.text_of("issue.md.j2", id=slug, title=title, date=date, lang=lang, items=items)
    files.write_atomically(path, text)
    return path


def place_of(app: App, slug: str) -> Path:
    """Where the file of a new issue goes; raises UsageError where there is one of that name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", slug):
        raise UsageError(f"{slug!r}: use letters, digits, dots and hyphens, such as 2021-01")
    path = app.issues / f"{slug}.md"
    if path.exists():
        raise UsageError(f"{path}: is there already: choose another name")
    return path


def listed(app: App) -> list[IssueFile]:
    """The publication's issue files, by name; one that cannot be read has no title."""
    found = []
    for path in sorted(app.issues.glob("*.md")):
        text = path.read_bytes().decode("utf-8", errors="replace")
        defaults = parse.Defaults(app.config.publication.lang, (), path.stem)
        issue = parse.parse(text, str(path), defaults).issue
        if issue is None:
            found.append(IssueFile(path, path.stem, "", "", defaults.lang))
            continue
        date = issue.date.isoformat() if issue.date else ""
        found.append(IssueFile(path, issue.id, issue.title, date, issue.lang))
    return found


def picture_beside(name: str) -> str:
    """Where a rendered file finds a picture: in the folder that `render` writes beside it."""
    return f"{PICTURES}/{name}"


def render(app: App, composition: Composition, folder: Path, slug: str) -> list[Path]:
    """Write the edition as .html, .text and .eml, with its pictures beside them.

    Slots show their defaults. `composition` must have been made with `picture_beside`.
    """
    _, edition = composition.complete()
    values = copies.sample_values(app, edition)
    written: dict[Path, bytes | str] = {
        folder / f"{slug}.html": _browsable(edition, fill(edition.html, values)),
        folder / f"{slug}.txt": fill(edition.text, values),
        folder / f"{slug}.eml": copies.message(app, edition, values, composition.pictures),
    }
    for picture in composition.pictures:
        written[folder / PICTURES / picture.name] = picture.content
    for path, content in written.items():
        files.write_atomically(path, content)
    return list(written)


def _browsable(edition: Edition, html: str) -> str:
    """Pictures that the message carries are found beside the file: a browser knows no `cid:`."""
    for name in edition.carried:
        html = html.replace(carried_url(name), picture_beside(name))
    return html
