"""Restoring a backup: a folder and a database that were not there, or nothing."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mailer import migrations
from mailer.app import open_app
from mailer.config import FILE
from mailer.database import Database
from mailer.errors import ConfigError, DatabaseError, MailerError, UsageError
from mailer.files import place_of_draft
from mailer.ledger import control, status
from mailer.ledger.events import SENDER
from mailer.migrations import copying
from mailer.model.delivery import DispatchState
from mailer.ops.backup import contents
from mailer.ops.backup.making import DATABASE, FOLDER, MANIFEST
from mailer.ops.backup.manifest import Content, Manifest, from_json

_PIECE = 1 << 20  # octets
_UNFINISHED = (DispatchState.OPEN, DispatchState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Restored:
    """`paused` are the dispatches that were not at their end."""

    manifest: Manifest
    paused: tuple[int, ...]


def restore(source: Path, folder: Path) -> Restored:
    """Lay out the publication of a backup in `folder`, which must be new or empty, and its database
    where its mailer.toml, or the environment, says. What was being sent is paused.

    Raises UsageError, and MailerError for a file that is damaged or no backup.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is there already and not empty: name a new folder with -C")
    folder.mkdir(parents=True, exist_ok=True)
    with _draft(folder) as draft:
        manifest = _unpack(source, draft)
        paused = _mend(draft / DATABASE, manifest)
        _put_database(draft / DATABASE, draft / FOLDER)
        _move(draft / FOLDER, folder)
    return Restored(manifest, paused)


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A folder that vanishes; what is said of it is said of `folder`, which was asked for."""
    with tempfile.TemporaryDirectory(dir=place_of_draft(folder), prefix=".restore.") as name:
        try:
            yield Path(name)
        except OSError as error:
            if str(error.filename or name).startswith(name):
                error.filename = str(folder)
            raise
        except (ConfigError, DatabaseError) as error:
            said = str(error).replace(f"{name}/{FOLDER}", str(folder)).replace(name, str(folder))
            raise type(error)(said) from error


def _unpack(source: Path, draft: Path) -> Manifest:
    """Every file is what the manifest says, or none is taken."""
    try:
        with zipfile.ZipFile(source) as packed:
            if packed.comment != contents.MARK:
                raise MailerError("it is no backup of ours")
            manifest = from_json(packed.read(MANIFEST))
            for name, content in manifest.files.items():
                _unpack_one(packed, name, content, draft)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise MailerError(f"{source}: it is no backup, or damaged: {error}") from error
    except MailerError as error:
        raise MailerError(f"{source}: {error}: nothing was restored") from error
    return manifest


def _unpack_one(packed: zipfile.ZipFile, name: str, content: Content, draft: Path) -> None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or inside.parts[0] not in (DATABASE, FOLDER):
        raise MailerError(f"{name} would lie outside of the publication")
    target = draft / inside
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), content.size
    with packed.open(name) as stream, target.open("xb") as file:
        while left >= 0 and (piece := stream.read(_PIECE)):
            digest.update(piece)
            left -= len(piece)
            file.write(piece)
    if left or digest.hexdigest() != content.sha256:
        raise MailerError(f"{name} is not what it was: the file is damaged")
    target.chmod(content.mode)


def _mend(path: Path, manifest: Manifest) -> tuple[int, ...]:
    """Bring the database to this program's shape, and pause what was not at its end: whoever has
    the backup cannot know what was sent after it."""
    migrations.require_known(manifest.revision)
    migrations.upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    reason = (
        f"restored from the backup of {manifest.at:%Y-%m-%d %H:%M} UTC: copies that were sent "
        "after it would be sent again"
    )
    try:
        with database.write() as c:
            unfinished = [each.id for each in status.statuses(c) if each.state in _UNFINISHED]
            for dispatch_id in unfinished:
                control.pause(c, dispatch_id, reason, SENDER)
    finally:
        database.close()
    return tuple(unfinished)


def _put_database(path: Path, laid_out: Path) -> None:
    """To where the configuration says; a database that is there already is left alone."""
    database = Database(open_app(laid_out).config.database_url)
    try:
        if database.is_sqlite:
            _put_file(path, database.path)
        else:
            _fill(path, database)
    finally:
        database.close()


def _put_file(path: Path, target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target}: is there already: move it away, or name another database.url")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)


def _fill(path: Path, database: Database) -> None:
    if migrations.current(database) is not None:
        raise UsageError(f"{database.where}: has tables already: name an empty database")
    migrations.upgrade(database.url.render_as_string(hide_password=False))
    held = Database(f"sqlite:///{path}")
    try:
        with held.read() as source, database.write() as target:
            copying.copy(source, target)
    finally:
        held.close()


def _move(laid_out: Path, folder: Path) -> None:
    """Last of all mailer.toml: before that the folder is no publication."""
    for path in sorted(laid_out.iterdir(), key=lambda path: path.name == FILE):
        shutil.move(path, folder / path.name)
