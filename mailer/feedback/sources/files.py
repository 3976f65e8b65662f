"""Messages in files: one each, an mbox, a Maildir, or a folder of such files."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailer.errors import NotFound

_LARGEST = 25_000_000  # octets of a message that are read
_SEPARATOR = b"From "  # begins each message of an mbox (RFC 4155)
_ONE = ".eml"  # holds one message, even where it begins like an mbox
_MAILDIR = ("new", "cur")


@dataclass(frozen=True, slots=True)
class Found:
    """`in_mailbox` is whether it lay where any sender's mail ends up."""

    name: str
    content: bytes = field(repr=False)
    in_mailbox: bool


def messages(path: Path) -> Iterator[Found]:
    """Every message at `path`, in the order of names; what was deleted from a Maildir is passed
    over. Raises NotFound, OSError."""
    if not path.exists():
        raise NotFound(f"{path}: no such file: name a message, an mbox or a Maildir; `-` is stdin")
    if path.is_dir():
        yield from _folder(path)
    elif path.suffix != _ONE and _is_mbox(path):
        yield from _mbox(path)
    else:
        yield Found(str(path), _read(path), in_mailbox=False)


def without_separator(content: bytes) -> bytes:
    """A message from a pipe may begin with an mbox's line."""
    if not content.startswith(_SEPARATOR):
        return content
    return content.partition(b"\n")[2]


def _folder(path: Path) -> Iterator[Found]:
    inside = [path / name for name in _MAILDIR if (path / name).is_dir()]
    for folder in inside or [path]:
        for file in sorted(folder.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                yield Found(str(file), _read(file), in_mailbox=bool(inside))


def _mbox(path: Path) -> Iterator[Found]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield Found(f"{path}#{number}", box.get_bytes(key)[:_LARGEST], in_mailbox=True)
    finally:
        box.close()


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_SEPARATOR)) == _SEPARATOR


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LARGEST)
