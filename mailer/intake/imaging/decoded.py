"""A picture file decoded: upright, 8 bits of sRGB a channel, whatever it was before."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from mailer.intake.imaging.fault import PictureFault

# What may be decoded at all. Others are not tried: Pillow would start programs for some.
_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
MAIL_KINDS = ("PNG", "JPEG", "GIF")  # what every mail client shows
_PLAIN_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
_DEEP_GREY = "I;16"
_LARGEST_PIXELS = 50_000_000  # of one frame; decoded, that is 200 MB
_ORIENTATION = 0x0112  # the Exif tag
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`image` is RGB, or RGBA where something of it is transparent. `is_plain` tells whether mail
    clients show the file itself like this; `frames` is above 1 for an animation."""

    kind: str
    image: Image.Image
    frames: int
    is_plain: bool


def decode(content: bytes) -> Decoded:
    """Raises PictureFault for what is no picture, broken, or too large."""
    if not content:
        raise PictureFault("is empty", "save it again")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about oddities of the file that do not show
            with Image.open(io.BytesIO(content), formats=_KINDS) as opened:
                return _decoded(opened)
    except PictureFault:
        raise
    except UnidentifiedImageError as error:
        mend = "use PNG, JPEG, GIF, WebP, AVIF or SVG"
        raise PictureFault("is no picture that can be read", mend) from error
    except Image.DecompressionBombError as error:
        raise PictureFault(f"is too large: {error}", "save it smaller") from error
    except Exception as error:  # a decoder raises whatever a broken file leads it to
        message = f"cannot be read: {error or 'it is broken'}"
        raise PictureFault(message, "save it again") from error


def _decoded(opened: Image.Image) -> Decoded:
    width, height = opened.size
    if width * height > _LARGEST_PIXELS:
        message = f"has {width:,} × {height:,} pixels, over {_LARGEST_PIXELS:,}"
        raise PictureFault(message, "save it smaller")
    # A phone's JPEG of several pictures (MPO) is shown as its first.
    kind = "JPEG" if opened.format == "MPO" else opened.format or ""
    frames = 1 if kind == "JPEG" else getattr(opened, "n_frames", 1)
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    is_upright = opened.getexif().get(_ORIENTATION, 1) == 1
    image = _in_srgb(upright)
    is_plain = (
        kind in MAIL_KINDS
        and is_upright
        and opened.mode in _PLAIN_MODES
        and "icc_profile" not in opened.info
    )
    return Decoded(kind, _eight_bits(image), frames, is_plain)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours of another profile as mail clients will show them; a broken profile is none."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=target) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode == _DEEP_GREY:
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    opaque = clear.getchannel("A").histogram()[255]
    return clear if opaque < clear.width * clear.height else clear.convert("RGB")
