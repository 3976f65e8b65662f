"""A light plate behind dark drawings on transparency.

In dark mode a transparent picture stands on dark paper, and black lines vanish. Mail clients drop
or ignore most of what CSS could do about it, so the plate is part of the picture: white, with a
small margin. Pictures without dark parts keep their transparency.
"""

from __future__ import annotations

from PIL import Image

MARGIN = 16  # pixels, half as many on the screen
_DARK = 128  # a luminance; above it, 4.5:1 against dark paper is reached
_VISIBLE = 128  # an alpha
_DARK_SHARE = 0.05  # of what is visible: a shadow or a thin outline does not count
_CLEAR_SHARE = 0.01  # of the whole: round corners do not count


def needs_plate(image: Image.Image) -> bool:
    """Whether enough of it is transparent, and enough of the rest dark."""
    if image.mode != "RGBA":
        return False
    alpha = image.getchannel("A").point(lambda value: 255 if value >= _VISIBLE else 0)
    visible = alpha.histogram()[255]
    clear = image.width * image.height - visible
    if not visible or clear < _CLEAR_SHARE * image.width * image.height:
        return False
    luminance = image.convert("RGB").convert("L").histogram(alpha)
    return sum(luminance[:_DARK]) >= _DARK_SHARE * visible


def plated(image: Image.Image) -> Image.Image:
    """On white, with the margin around it; that of a tiny picture is smaller."""
    margin = min(MARGIN, max(1, image.width // 16))
    plate = Image.new("RGBA", (image.width + 2 * margin, image.height + 2 * margin), "white")
    plate.alpha_composite(image, (margin, margin))
    return plate.convert("RGB")
