"""The pictures of a manuscript: had from where the source has them, saved as files of the issue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from mailer.errors import FetchError, NoPage, SourceError
from mailer.intake.imaging.decoded import decode
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.reading.manuscript import Manuscript
from mailer.model.content import Picture

_MOST = 100  # pictures of one issue
_PATIENCE = 3  # times that a host may not answer, since each takes its time
_ALL = 150_000_000  # bytes of them together
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp", "AVIF": ".avif"}
_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 40
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg\b", re.DOTALL | re.IGNORECASE)

_Value = TypeVar("_Value")
Obtain = Callable[[str], bytes]  # by the source of a picture; raises FetchError, SourceError


@dataclass(frozen=True, slots=True)
class Gathered:
    """`files` are contents by the path that the manuscript gives them; `missing` tells of each that
    could not be had why."""

    manuscript: Manuscript
    files: Mapping[str, bytes]
    missing: Mapping[str, str]


def gathered(manuscript: Manuscript, folder: str, obtain: Obtain) -> Gathered:
    """`folder` is where they go, as the issue file names it: `images/2021-01`. A picture of the
    web that cannot be had stays there."""
    bag = _Bag(folder, obtain)
    for source in dict.fromkeys(picture.source for picture in _pictures(manuscript)):
        try:
            bag.add(source)
        except (FetchError, SourceError, PictureFault) as error:
            bag.missing[source] = _reason(error)
    return Gathered(_with_sources(manuscript, bag.paths), bag.files, bag.missing)


@dataclass
class _Bag:
    """`paths` are those of the files by source; `silent` counts how often a host did not answer."""

    folder: str
    obtain: Obtain
    files: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)
    left: int = _ALL

    def add(self, source: str) -> None:
        """Raises FetchError, SourceError, PictureFault."""
        if len(self.files) >= _MOST:
            raise SourceError(f"is one of over {_MOST} pictures")
        content = self._content(source)
        if len(content) > self.left:
            raise SourceError(f"makes the pictures larger than {_ALL:,} bytes together")
        same = (name for name, other in self.files.items() if other == content)
        name = next(same, None) or _name(source, content, self.files, self.folder)
        self.left -= len(content)
        self.files[name], self.paths[source] = content, name

    def _content(self, source: str) -> bytes:
        if source.startswith("data:"):
            return _embedded(source)
        host = source.partition("://")[2].partition("/")[0]
        if self.silent[host] >= _PATIENCE:
            raise SourceError("was not asked for: its server did not answer before")
        try:
            return self.obtain(source)
        except NoPage:
            raise
        except FetchError:
            self.silent[host] += 1
            raise


def _reason(error: Exception) -> str:
    return error.fault.message if isinstance(error, PictureFault) else str(error)


def _embedded(source: str) -> bytes:
    head, _, payload = source.partition(",")
    try:
        packed = unquote_to_bytes(payload)
        return base64.b64decode(packed) if head.endswith(";base64") else packed
    except (binascii.Error, ValueError) as error:
        raise SourceError("is a broken data: address") from error


def _name(source: str, content: bytes, taken: Container[str], folder: str) -> str:
    """As it was called; never the name of another. Raises PictureFault for what is no picture."""
    suffix = ".svg" if _SVG.match(content) else _SUFFIXES[decode(content).kind]
    called = "" if source.startswith(("data:", "cid:")) else _stem(source)
    digest = hashlib.sha256(content).hexdigest()[:8]
    word = _WORD.sub("-", called.lower()).strip("-")[:_LONGEST_NAME].strip("-") or digest
    name = f"{folder}/{word}{suffix}"
    return name if name not in taken else f"{folder}/{word}-{digest}{suffix}"


def _stem(source: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(source).path)).stem
    except ValueError:
        return ""


def _pictures(value: Any) -> Iterator[Picture]:
    if isinstance(value, Picture):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _pictures(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _pictures(getattr(value, each.name))


def _with_sources(value: _Value, paths: Mapping[str, str]) -> _Value:
    found: Any = value
    if isinstance(found, Picture):
        found = replace(found, source=paths.get(found.source, found.source))
    elif isinstance(found, tuple):
        found = tuple(_with_sources(each, paths) for each in found)
    elif is_dataclass(found) and not isinstance(found, type):
        names = (each.name for each in fields(found))
        found = replace(found, **{n: _with_sources(getattr(found, n), paths) for n in names})
    kept: _Value = found
    return kept
