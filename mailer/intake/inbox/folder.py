"""The folder of the inbox: one readable file an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailer import files
from mailer.composer.canonical import canonical
from mailer.composer.parsing.anchor import Anchors
from mailer.errors import MailerError, NotFound
from mailer.intake.inbox import item as form
from mailer.intake.inbox.item import InboxItem

_LARGEST = 200_000  # bytes of a file


@dataclass(frozen=True, slots=True)
class Kept:
    """An item and its file, whose name without `.md` is what it is called."""

    path: Path
    item: InboxItem

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder which need not be there yet."""

    folder: Path

    def items(self, fault: Callable[[str], None]) -> list[Kept]:
        """By name; `fault` is told of each file that cannot be read, in a line."""
        return list(self._read(fault))

    def _read(self, fault: Callable[[str], None]) -> Iterator[Kept]:
        for path in sorted(self.folder.glob("*.md")):
            try:
                yield Kept(path, form.read(_text(path), str(path)))
            except MailerError as error:
                fault(str(error))

    def find(self, url: str) -> Kept | None:
        """What has this link already, however it is written."""
        wanted = canonical(url)
        return next((k for k in self.items(_silent) if canonical(k.item.url) == wanted), None)

    def add(self, item: InboxItem) -> Path:
        """In a file named after its title."""
        names = Anchors()
        for path in self.folder.glob("*.md"):
            names.name(path.stem)
        path = self.folder / f"{names.name(item.title)}.md"
        files.write_atomically(path, form.written(item))
        return path

    def replace(self, kept: Kept, item: InboxItem) -> None:
        files.write_atomically(kept.path, form.written(item))

    def has(self, name: str) -> bool:
        return Path(name).name == name and (self.folder / f"{name}.md").is_file()

    def drop(self, name: str) -> None:
        """Raises NotFound."""
        if not self.has(name):
            raise NotFound(f"{name}: nothing of that name: `mailer item list` shows what there is")
        (self.folder / f"{name}.md").unlink()


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise MailerError(
                f"{path}: over {_LARGEST:,} bytes: that is no item: move it elsewhere"
            )
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MailerError(f"{path}: is not UTF-8: save it as UTF-8") from error
    except OSError as error:
        raise MailerError(f"{path}: cannot be read: {error.strerror}") from error


def _silent(_line: str) -> None:
    """For who looks for something else."""
