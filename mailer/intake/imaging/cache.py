"""What was made of a picture before, so that composing again is quick. Safe to delete."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import PIL
from PIL import Image

from mailer import files
from mailer.intake.imaging.fitting import SUFFIXES, named
from mailer.intake.imaging.setting import Setting
from mailer.model.edition import PictureFile

_RECIPE = 1  # raised when the same source and libraries give another file than before
_LIBRARIES = f"{PIL.__version__} {version('resvg-py')}"
_KINDS = {suffix: kind for kind, suffix in SUFFIXES.items()}


@dataclass(frozen=True, slots=True)
class PictureCache:
    """A folder of files `<key>-<name>`: the key is source and settings, the name the content."""

    folder: Path

    def find(self, content: bytes, setting: Setting) -> PictureFile | None:
        """None as well for a file that is not what its name says."""
        for path in self.folder.glob(f"{_key(content, setting)}-*"):
            with suppress(OSError):
                return _read(path)
        return None

    def keep(self, content: bytes, setting: Setting, picture: PictureFile) -> None:
        """A folder that cannot be written to costs time, nothing else."""
        with suppress(OSError):
            path = self.folder / f"{_key(content, setting)}-{picture.name}"
            files.write_atomically(path, picture.content)


def _read(path: Path) -> PictureFile | None:
    content = path.read_bytes()
    with Image.open(path) as image:
        found = named(_KINDS[path.suffix], image.size, content)
    return found if path.name.endswith(f"-{found.name}") else None


def _key(content: bytes, setting: Setting) -> str:
    recipe = f"{_RECIPE} {_LIBRARIES} {setting}"
    return hashlib.sha256(recipe.encode() + b"\0" + content).hexdigest()[:32]
