"""An edition as files, for whoever wants to look at it."""

from __future__ import annotations

from pathlib import Path

from mailer import files
from mailer.app import App
from mailer.desk import copies
from mailer.desk.composition import Composition
from mailer.model.edition import Edition, carried_url
from mailer.model.slot import fill

_PICTURES = "pictures"


def picture_beside(name: str) -> str:
    """Where a rendered file finds a picture: in the folder that `render` writes beside it."""
    return f"{_PICTURES}/{name}"


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
        written[folder / _PICTURES / picture.name] = picture.content
    for path, content in written.items():
        files.write_atomically(path, content)
    return list(written)


def _browsable(edition: Edition, html: str) -> str:
    """Pictures that the message carries are found beside the file: a browser knows no `cid:`."""
    for name in edition.carried:
        html = html.replace(carried_url(name), picture_beside(name))
    return html
