"""A zip file, as far as it can be trusted: neither too many files nor too much in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.errors import SourceError

_MOST_FILES = 20_000
_LARGEST = 30_000_000  # bytes of one file, unpacked
_ALL = 300_000_000  # bytes of those that are read together


@dataclass
class Archive:
    """Raises SourceError for what is none, is encrypted, or grows without end."""

    _zip: zipfile.ZipFile
    _left: int = _ALL

    @classmethod
    def of(cls, content: bytes) -> Archive:
        try:
            found = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError) as error:
            raise SourceError("is a broken zip file: download it again") from error
        if len(found.infolist()) > _MOST_FILES:
            raise SourceError(f"holds over {_MOST_FILES:,} files")
        return cls(found)

    def names(self, *endings: str) -> Iterator[str]:
        """Those of files, without the shadows that macOS packs along."""
        for info in self._zip.infolist():
            is_file = not info.is_dir() and not info.filename.startswith("__MACOSX/")
            if is_file and info.filename.lower().endswith(endings or ("",)):
                yield info.filename

    def read(self, name: str) -> bytes:
        """Read as it unpacks, since the size that it declares may be a lie."""
        most = min(_LARGEST, self._left)
        try:
            with self._zip.open(name) as stream:
                content = stream.read(most + 1)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            OSError,
            EOFError,
            zlib.error,
            ValueError,
        ) as error:
            raise SourceError(f"cannot be unpacked: {name}: {error}") from error
        except NotImplementedError as error:
            raise SourceError(f"is packed in a way that is not known: {name}") from error
        if len(content) > most:
            raise SourceError(f"unpacks to over {most:,} bytes: {name}")
        self._left -= len(content)
        return content
