"""The pictures that an issue file names: found in the publication's folder, read and measured."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from PIL import Image, UnidentifiedImageError

from mailer.model.content import Picture
from mailer.model.edition import PictureFile

_SUFFIX = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif"}  # what every mail client shows
_HASH_DIGITS = 20


class PictureFault(Exception):
    """Why a picture cannot be used; its text ends a sentence that names the picture."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """By source: the pictures that can be used, and the faults of the others."""

    files: dict[str, PictureFile]
    faults: dict[str, str]


def gather(pictures: Iterable[Picture], issue_file: Path, publication: Path) -> Gallery:
    """Each picture once: a path is relative to the issue file, then to the publication."""
    gallery = Gallery({}, {})
    for source in dict.fromkeys(picture.source for picture in pictures):
        try:
            gallery.files[source] = read(_find(source, issue_file, publication))
        except PictureFault as fault:
            gallery.faults[source] = str(fault)
    return gallery


def _find(source: str, issue_file: Path, publication: Path) -> Path:
    if "://" in source or source.startswith(("//", "data:")):
        raise PictureFault("is on the web: save it into images/ and name the file")
    root = publication.resolve()
    for folder in (issue_file.parent, publication):
        path = (folder / unquote(source)).resolve()
        if path.is_file():
            if not path.is_relative_to(root):
                raise PictureFault("lies outside the publication: copy it into images/")
            return path
    raise PictureFault("is not there, neither beside the issue file nor in the publication")


def read(path: Path) -> PictureFile:
    """The picture as it is; raises PictureFault."""
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content)) as image:
            image.verify()
            kind, (width, height) = image.format or "", image.size
    except UnidentifiedImageError as error:
        raise PictureFault("is no picture that mail can show: use PNG, JPEG or GIF") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureFault(f"cannot be read: {error}") from error
    if kind not in _SUFFIX:
        raise PictureFault(f"is {kind}, which mail clients do not all show: use PNG, JPEG or GIF")
    name = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS] + _SUFFIX[kind]
    return PictureFile(name, Image.MIME[kind], width, height, content)
