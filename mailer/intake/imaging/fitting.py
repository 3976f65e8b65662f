"""A picture file's bytes → the file that mail shows, at twice the width at which it stands."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from PIL import Image

from mailer.intake.imaging.bare import bare
from mailer.intake.imaging.decoded import Decoded, decode
from mailer.intake.imaging.encoded import encoded
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.imaging.plate import MARGIN, needs_plate, plated
from mailer.intake.imaging.playmark import marked
from mailer.intake.imaging.setting import Setting
from mailer.intake.imaging.vector import is_vector, rasterised
from mailer.model.edition import PictureFile

SUFFIXES: Final = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif"}
LARGEST = 30_000_000  # bytes of a source
LARGEST_ANIMATION = 1_000_000  # bytes; every reader loads all of it
WIDEST = 600  # CSS pixels: no mail is wider
_DENSITY = 2
_SLACK = 8  # an eighth too wide stays: resampling would soften it and save nothing
_GAIN = 0.9  # a file that fits is replaced only by one that is at least a tenth smaller
_HASH_DIGITS = 20


def fitted(content: bytes, setting: Setting) -> PictureFile:
    """Raises PictureFault."""
    setting = replace(setting, width=min(setting.width, WIDEST))
    if is_vector(content):
        content = rasterised(content, setting)
    decoded = decode(content)
    if decoded.frames > 1:
        return _animation(decoded, content)
    image = _drawn(decoded.image, _DENSITY * setting.width)
    if setting.is_still:
        image = marked(image)
    kind, best = encoded(image, decoded.kind == "JPEG")
    if decoded.is_plain and image is decoded.image:
        own = bare(decoded.kind, content)
        if len(best) >= _GAIN * len(own):
            kind, best = decoded.kind, own
    return named(kind, image.size, best)


def named(kind: str, size: tuple[int, int], content: bytes) -> PictureFile:
    """The file under its content's name."""
    name = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS] + SUFFIXES[kind]
    return PictureFile(name, Image.MIME[kind], *size, content)


def _animation(decoded: Decoded, content: bytes) -> PictureFile:
    if decoded.kind != "GIF":
        raise PictureFault("moves, which mail shows of a GIF only", "save it as GIF, or one frame")
    if len(content) > LARGEST_ANIMATION:
        raise PictureFault(
            f"is an animation of {len(content):,} bytes, over {LARGEST_ANIMATION:,}",
            "make it shorter or smaller, or show a still that links to it",
        )
    return named("GIF", decoded.image.size, bare("GIF", content))


def _drawn(image: Image.Image, limit: int) -> Image.Image:
    if needs_plate(image):
        return plated(_scaled(image, limit - 2 * MARGIN))
    return _scaled(image, limit)


def _scaled(image: Image.Image, limit: int) -> Image.Image:
    """At most `limit` pixels wide; never larger than it was."""
    if image.width <= limit + limit // _SLACK:
        return image
    height = max(1, round(image.height * limit / image.width))
    return image.resize((limit, height), Image.Resampling.LANCZOS)
