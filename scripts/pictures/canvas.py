"""A drawing surface, its colours, and the shapes that several pictures share. Units are pixels of
the finished picture; shapes are drawn larger and scaled down."""

from __future__ import annotations

import hashlib
import math
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]
Point3 = tuple[float, float, float]

SCALE = 3
WIDTH = 1200
INK: Colour = (31, 41, 55)
PAPER: Colour = (247, 244, 237)
STONE: Colour = (222, 216, 203)
GREY: Colour = (98, 106, 118)
WHITE: Colour = (255, 255, 255)
TEAL: Colour = (28, 116, 118)
CORAL: Colour = (220, 84, 58)
AMBER: Colour = (240, 176, 60)
SKIN: Colour = (240, 203, 172)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from `a` to `b`."""
    r, g, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return r, g, blue


def noise(*key: int | str) -> float:
    """A number in [0, 1) that depends on nothing but the key."""
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=4).digest()) / 2**32


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own typeface: no font file to find, no second look on another machine."""
    return ImageFont.load_default(size=size)


class Canvas:
    """A drawing surface in finished pixels, SCALE times finer underneath."""

    def __init__(self, height: int, width: int = WIDTH, ground: Colour = PAPER) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.smooth = False

    def polygon(self, points: list[Point], fill: Colour) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: list[Point], fill: Colour, width: float = 3) -> None:
        """A line with round joints and ends."""
        fine = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(fine, fill=fill, width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval(x, y, width / 2, width / 2, fill)

    def arrow(self, start: Point, end: Point, fill: Colour = GREY) -> None:
        self.line([start, end], fill, 4)
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        for side in (-0.5, 0.5):
            wing = (end[0] - 18 * math.cos(turn + side), end[1] - 18 * math.sin(turn + side))
            self.line([wing, end], fill, 4)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.pen.ellipse(box, fill=fill)

    def box(self, x: float, y: float, w: float, h: float, fill: Colour, radius: float = 0) -> None:
        corners = [x * SCALE, y * SCALE, (x + w) * SCALE - 1, (y + h) * SCALE - 1]
        self.pen.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def fade(self, top: Colour, bottom: Colour) -> None:
        """Fill the canvas with a vertical gradient, which a palette would cut into bands."""
        self.smooth = True
        for y in range(self.size[1] * SCALE):
            shade = mix(top, bottom, y / self.size[1] / SCALE)
            self.pen.line([0, y, self.size[0] * SCALE, y], fill=shade)

    def text(
        self, x: float, y: float, words: str, size: int = 32, fill: Colour = INK, to: str = "mm"
    ) -> None:
        at = (x * SCALE, y * SCALE)
        self.pen.text(at, words, fill=fill, font=font(size * SCALE), anchor=to)

    def panel(self, x: int, y: int, other: Canvas, radius: int = 18) -> None:
        """Set another canvas into this one, its corners rounded."""
        self.smooth |= other.smooth
        mask = Image.new("L", other.image.size, 0)
        corner = (0, 0, mask.width - 1, mask.height - 1)
        ImageDraw.Draw(mask).rounded_rectangle(corner, radius * SCALE, fill=255)
        self.image.paste(other.image, (x * SCALE, y * SCALE), mask)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        small = self.image.reduce(SCALE)
        if not self.smooth:
            small = small.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def circle(x: float, y: float, radius: float, count: int) -> list[Point]:
    turns = [math.tau * i / count - math.pi / 2 for i in range(count)]
    return [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns]


def compare(c: Canvas, before: Canvas, after: Canvas) -> None:
    c.panel(60, 60, before)
    c.panel(650, 60, after)
    c.arrow((572, 310), (628, 310), INK)


def spin(p: Point3, angle: float) -> Point3:
    cos, sin = math.cos(angle), math.sin(angle)
    return p[0] * cos + p[2] * sin, p[1], p[2] * cos - p[0] * sin


def fish(c: Canvas, x: float, y: float, size: float, body: Colour, band: Colour) -> None:
    tail = [(x + size * 0.8, y), (x + size * 1.5, y - size * 0.5), (x + size * 1.5, y + size * 0.5)]
    c.polygon(tail, body)
    c.oval(x, y, size, size * 0.56, body)
    c.box(x - size * 0.15, y - size * 0.5, size * 0.24, size, band, size * 0.12)
    c.oval(x - size * 0.6, y - size * 0.12, size * 0.1, size * 0.1, INK)
