"""Pixels → a file: photographs JPEG, drawings PNG. The same pixels give the same bytes."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

QUALITY = 82  # of JPEG, with colour at half the resolution: at twice the pixels nobody sees it
_INVISIBLE = 6  # of 255: how far a colour may move when 256 are enough for the picture
_FLAT_SHARE = 0.75  # of neighbours that are the same: drawings have more, photographs fewer
_JPEG_GAIN = 0.5  # JPEG must be that much smaller before a lossless file is given up


def encoded(image: Image.Image, was_jpeg: bool) -> tuple[str, bytes]:
    """Its kind, PNG or JPEG, and its bytes. `image` is RGB or RGBA."""
    if image.mode == "RGBA":
        return "PNG", _png(image)
    if was_jpeg:
        return "JPEG", _jpeg(image)
    png = _png(image)
    if _is_photograph(image):
        jpeg = _jpeg(image)
        if len(jpeg) < _JPEG_GAIN * len(png):
            return "JPEG", jpeg
    return "PNG", png


def _is_photograph(image: Image.Image) -> bool:
    """Whether many pixels differ from their neighbour: noise and texture."""
    red, green, blue = ImageChops.difference(image, ImageChops.offset(image, 1, 0)).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return largest.histogram()[0] < _FLAT_SHARE * image.width * image.height


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(
        stream, "JPEG", quality=QUALITY, optimize=True, progressive=True, subsampling="4:2:0"
    )
    return stream.getvalue()


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    (_with_palette(image) or image).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _with_palette(image: Image.Image) -> Image.Image | None:
    """The picture in 256 colours; None where that would show."""
    is_clear = image.mode == "RGBA"
    method = Image.Quantize.FASTOCTREE if is_clear else Image.Quantize.MEDIANCUT
    count = len(image.getcolors(256) or range(256))
    few = image.quantize(count, method, dither=Image.Dither.NONE)
    lost = ImageChops.difference(image, few.convert(image.mode))
    worst = max(step % 256 for step, count in enumerate(lost.histogram()) if count)
    return few if worst <= _INVISIBLE else None
