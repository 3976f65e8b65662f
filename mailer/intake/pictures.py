"""The pictures that an issue file names: found in the publication's folder, made fit for mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from mailer.intake.imaging.cache import PictureCache
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.imaging.fitting import LARGEST, fitted
from mailer.intake.imaging.setting import Setting
from mailer.intake.remote import RemotePictures
from mailer.model.content import Picture
from mailer.model.edition import PictureFile, PictureSize
from mailer.model.finding import Fault

CACHE = ".cache/pictures"  # in the publication


@dataclass(frozen=True, slots=True)
class Gallery:
    """By source: the pictures that can be used, and the faults of the others."""

    files: dict[str, PictureFile]
    remote: dict[str, PictureSize]
    faults: dict[str, Fault]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an issue's pictures are looked for: beside its file, then in the publication.
    `column` is the most that the theme gives one, in CSS pixels."""

    issue_file: Path
    publication: Path
    column: int

    def read(self, places: Sequence[Picture]) -> PictureFile:
        """The file for all the places where one source stands. Raises PictureFault."""
        content = _content(self._find(places[0].source))
        setting = _setting(places, self.column)
        cache = PictureCache(self.publication / CACHE)
        found = cache.find(content, setting)
        if found is None:
            found = fitted(content, setting)
            cache.keep(content, setting, found)
        return found

    def _find(self, source: str) -> Path:
        if "://" in source or source.startswith(("//", "data:")):
            raise PictureFault("cannot be shown", "write https://…, or save it into images/")
        root = self.publication.resolve()
        for folder in (self.issue_file.parent, self.publication):
            path = (folder / unquote(source)).resolve()
            if path.is_file():
                if not path.is_relative_to(root):
                    raise PictureFault("lies outside the publication", "copy it into images/")
                return path
        message = "is not there, neither beside the issue file nor in the publication"
        raise PictureFault(message, "mend its name, or put it into images/")


def gather(pictures: Iterable[Picture], shelf: Shelf, web: RemotePictures) -> Gallery:
    """Each source once."""
    gallery = Gallery({}, {}, {})
    places: dict[str, list[Picture]] = {}
    for picture in pictures:
        places.setdefault(picture.source, []).append(picture)
    for source, named in places.items():
        try:
            if named[0].is_remote:
                gallery.remote[source] = web.size(source)
            else:
                gallery.files[source] = shelf.read(named)
        except PictureFault as fault:
            gallery.faults[source] = fault.fault
    return gallery


def _setting(places: Sequence[Picture], column: int) -> Setting:
    """The widest one that is asked for; a play mark only where it is always a still."""
    asked = [picture.width.within(column) for picture in places if picture.width]
    is_asked = len(asked) == len(places)
    is_still = all(picture.is_still for picture in places)
    return Setting(max(asked) if is_asked else column, is_asked, is_still)


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise PictureFault(f"has {size:,} bytes, over {LARGEST:,}", "save it smaller")
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise PictureFault(message, "let it be read, or save it again") from error
