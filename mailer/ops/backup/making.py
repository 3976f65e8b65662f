"""Making a backup: a ZIP file, written whole or not at all, which only its owner can read."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from mailer import files, migrations
from mailer.app import App
from mailer.database import Database
from mailer.errors import DatabaseError, UsageError
from mailer.migrations import copying
from mailer.ops.backup import contents
from mailer.ops.backup.manifest import FORMAT, Content, Manifest, to_json

MANIFEST, DATABASE, FOLDER = "manifest.json", "database.sqlite", "publication"
_PIECE = 1 << 20  # octets
_LEVEL = 1  # of deflate: a database shrinks to a quarter, and much further at no level


def make(app: App, target: Path) -> Manifest:
    """Write the publication into `target`, as it is at this moment, also while it is being sent.
    Raises UsageError where `target` is there already, DatabaseError where a newer release has
    changed the database's shape."""
    if target.exists():
        raise UsageError(f"{target}: is there already: name a new file, or move that one away")
    migrations.require_current(app.database)
    at = app.now()
    with (
        _snapshot(app.database, target) as database,
        files.written_atomically(target, mode=0o600) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed,
    ):
        packed.comment = contents.MARK
        written = {DATABASE: _pack(packed, DATABASE, database)}
        for path in contents.files_of(app):
            name = f"{FOLDER}/{path.relative_to(app.folder).as_posix()}"
            written[name] = _pack(packed, name, path)
        manifest = Manifest(
            FORMAT,
            f"newsletter-mailer {metadata.version('newsletter-mailer')}",
            app.config.publication.id,
            at,
            migrations.head(),
            written,
        )
        packed.writestr(MANIFEST, to_json(manifest))
    return manifest


@contextmanager
def _snapshot(database: Database, target: Path) -> Iterator[Path]:
    """The database at one moment, in a file of SQLite's beside `target`."""
    beside = target.parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".backup.") as folder:
        path = Path(folder) / DATABASE
        try:
            copying.to_file(database, path)
        except DatabaseError as error:  # of a folder that nobody asked for
            raise type(error)(str(error).replace(str(path), str(target))) from error
        path.chmod(0o600)
        yield path


def _pack(packed: zipfile.ZipFile, name: str, path: Path) -> Content:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Content(size, digest.hexdigest(), path.stat().st_mode & 0o777)
