"""Which files of a publication's folder go into a backup: all that cannot be made anew."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from mailer.app import App
from mailer.config import FOLDER_SCHEME
from mailer.database.turnstile import FIRST

MARK = b"newsletter-mailer backup"  # the comment of the ZIP file
_KEPT = ".gitignore"  # of what is hidden, such as .git and .cache


def files_of(app: App) -> Iterator[Path]:
    """In order. Left out are databases, of which the one in use goes in by itself, copies that a
    relay of type `folder:` wrote, hidden files, earlier backups, and what a link leads to outside.
    """
    left_out = tuple(_left_out(app))
    databases = cache(partial(_databases, app))
    for path in sorted(_walked(app.folder)):
        inside = path.resolve().is_relative_to(app.folder)
        apart = any(path.is_relative_to(folder) for folder in left_out)
        is_database = path.name.startswith(databases(path.parent))
        if inside and not (apart or is_database or is_backup(path)):
            yield path


def is_backup(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        return file.comment == MARK


def _walked(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") and path.name != _KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walked(path)
        elif path.is_file():
            yield path


def _left_out(app: App) -> Iterator[Path]:
    for relay in app.config.smtp.all_relays:
        parts = urlsplit(relay.url)
        if parts.scheme == FOLDER_SCHEME:
            yield app.folder / parts.path


def _databases(app: App, folder: Path) -> tuple[str, ...]:
    """How those in a folder are called, and with more behind it the files beside them: log, locks.
    Also one that was moved away from (`db copy`): who is erased since then stands in it."""
    names = {turn.name.removesuffix(FIRST) for turn in folder.glob(f"?*{FIRST}")}
    if app.database.is_sqlite and folder == app.database.path.parent.resolve():
        names.add(app.database.path.name)
    return tuple(names)
