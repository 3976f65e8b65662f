"""Files: written atomically or not at all, and the folder of templates that ships with us."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PACKAGE = Path(__file__).resolve().parent
_TEXTS = frozenset({".css", ".j2", ".toml"})


def templates_dir() -> Path:
    """The folder `templates/`: inside the wheel, or beside the package in a checkout."""
    packed = _PACKAGE / "_templates"
    return packed if packed.is_dir() else _PACKAGE.parent / "templates"


def read_texts(folder: Path) -> dict[str, str]:
    """The templates, style sheets and settings right in a folder, by name."""
    found = (path for path in sorted(folder.iterdir()) if path.suffix in _TEXTS)
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def write_atomically(path: Path, content: bytes | str, mode: int = 0o644) -> None:
    """Write `path` so that a reader, or a crash, sees the old content or the new, never half."""
    payload = content.encode() if isinstance(content, str) else content
    with written_atomically(path, mode) as stream:
        stream.write(payload)


@contextmanager
def written_atomically(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """What is written to the stream is in `path` at the end of the block, and none of it where the
    block fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        error.filename = str(path)  # and not the temporary file, which nobody asked for
        raise
    temporary = Path(name)
    try:
        with named(path), os.fdopen(descriptor, "w+b") as stream:
            os.fchmod(stream.fileno(), mode)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """What the system says of no file, that there is no room say, it says of this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def place_of_draft(folder: Path) -> Path:
    """Where to lay out what shall stand in `folder` at once: beside it or, where nothing can be put
    there, or that is another disk, since `folder` is where a disk begins, in `folder` itself."""
    parent = folder.resolve().parent
    one_disk = not folder.exists() or parent.stat().st_dev == folder.stat().st_dev
    return parent if one_disk and os.access(parent, os.W_OK) else folder


def _sync_folder(folder: Path) -> None:
    """Make the rename durable: it is the folder that holds the name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
