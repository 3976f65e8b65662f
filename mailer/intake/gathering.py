"""The pictures of a manuscript: had from where the source has them, saved as files of the issue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from mailer.errors import FetchError, SourceError
from mailer.intake.imaging.decoded import decode
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.reading.manuscript import Manuscript
from mailer.model.content import Picture

_MOST = 100  # pictures of one issue
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
    files: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    paths: dict[str, str] = {}
    left = _ALL
    for picture in dict.fromkeys(_pictures(manuscript)):
        if picture.source in paths or picture.source in missing:
            continue
        try:
            if len(files) >= _MOST:
                raise SourceError(f"is one of over {_MOST} pictures")
            content = _content(picture.source, obtain)
            if len(content) > left:
                raise SourceError(f"makes the pictures larger than {_ALL:,} bytes together")
            name = _name(picture, content, files.keys(), folder)
        except (FetchError, SourceError, PictureFault) as error:
            missing[picture.source] = _reason(error)
            continue
        left -= len(content)
        files[name], paths[picture.source] = content, name
    return Gathered(_with_sources(manuscript, paths), files, missing)


def _reason(error: Exception) -> str:
    return error.fault.message if isinstance(error, PictureFault) else str(error)


def _content(source: str, obtain: Obtain) -> bytes:
    if not source.startswith("data:"):
        return obtain(source)
    head, _, payload = source.partition(",")
    try:
        packed = unquote_to_bytes(payload)
        return base64.b64decode(packed) if head.endswith(";base64") else packed
    except (binascii.Error, ValueError) as error:
        raise SourceError("is a broken data: address") from error


def _name(picture: Picture, content: bytes, taken: Any, folder: str) -> str:
    """By what the picture shows or was called; never the name of another. Raises PictureFault."""
    suffix = ".svg" if _SVG.match(content) else _SUFFIXES[decode(content).kind]
    called = "" if picture.source.startswith(("data:", "cid:")) else _stem(picture.source)
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
        for field in fields(value):
            yield from _pictures(getattr(value, field.name))


def _with_sources(value: _Value, paths: Mapping[str, str]) -> _Value:
    found: Any = value
    if isinstance(found, Picture):
        found = replace(found, source=paths.get(found.source, found.source))
    elif isinstance(found, tuple):
        found = tuple(_with_sources(each, paths) for each in found)
    elif is_dataclass(found) and not isinstance(found, type):
        names = (field.name for field in fields(found))
        found = replace(found, **{n: _with_sources(getattr(found, n), paths) for n in names})
    kept: _Value = found
    return kept
