"""The mark on a still that says: this is a video. No mail client can lay one over a picture."""

from __future__ import annotations

from PIL import Image, ImageDraw

_SHARE = 0.3  # of the shorter side
_LARGEST = 176  # pixels, half as many on the screen
_FINER = 4  # times as large when it is drawn, so that its edges are smooth
_DISC, _RIM = (0, 0, 0, 176), (255, 255, 255, 255)


def marked(image: Image.Image) -> Image.Image:
    """The picture with the mark in its middle."""
    size = max(1, min(_LARGEST, round(_SHARE * min(image.size))))
    place = ((image.width - size) // 2, (image.height - size) // 2)
    below = image.convert("RGBA")
    below.alpha_composite(_mark(size), place)
    return below.convert(image.mode)


def _mark(size: int) -> Image.Image:
    """A triangle that points to the right, on a dark disc with a light rim."""
    side = size * _FINER
    rim = max(1, side // 24)
    mark = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((0, 0, side - 1, side - 1), fill=_RIM)
    pen.ellipse((rim, rim, side - 1 - rim, side - 1 - rim), fill=_DISC)
    left, right, top = 0.39 * side, 0.72 * side, 0.31 * side
    pen.polygon(((left, top), (right, side / 2), (left, side - top)), fill=_RIM)
    return mark.resize((size, size), Image.Resampling.LANCZOS)
