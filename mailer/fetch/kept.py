"""Pages that were had before: asked only whether they are still what they were."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailer import files
from mailer.fetch.fetched import Fetched
from mailer.fetch.fetcher import Fetcher

_MOST = 200  # pages that are kept: the latest


@dataclass(frozen=True, slots=True)
class KeptPages:
    """`folder` keeps what a server would know again, by its ETag or date (RFC 9110 §13.1); delete
    it, and everything is asked for anew."""

    fetcher: Fetcher
    folder: Path

    def get(self, url: str) -> Fetched:
        """As `Fetcher.get`, which raises FetchError."""
        path = self.folder / hashlib.sha256(url.encode()).hexdigest()[:32]
        known = _read(path)
        found = self.fetcher.get(url, known)
        if found.etag or found.modified:
            _write(path, found)
            self._sweep()
        return found

    def _sweep(self) -> None:
        with suppress(OSError):
            found = sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in found[:-_MOST]:
                path.unlink()


def _read(path: Path) -> Fetched | None:
    """Behind a line with what is known of it."""
    with suppress(OSError, ValueError, TypeError):
        head, _, content = path.read_bytes().partition(b"\n")
        return Fetched(content=content, **json.loads(head))
    return None


def _write(path: Path, page: Fetched) -> None:
    known = {f.name: getattr(page, f.name) for f in dataclasses.fields(page) if f.name != "content"}
    with suppress(OSError):
        files.write_atomically(path, json.dumps(known).encode() + b"\n" + page.content)
