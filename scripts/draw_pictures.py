"""Draw the pictures of the example issues into templates/example/images.

Every picture is computed here, so the example carries nobody else's images. The same Pillow gives
the same bytes on every run: what looks random comes from a hash. Units are pixels of the finished
picture (1200 wide, twice the width a mail shows); shapes are drawn larger and scaled down.

Long, because it is twelve small drawings in a row: nothing but `Canvas` is shared by all.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections.abc import Callable
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


def share_of_code(c: Canvas) -> None:
    for i in range(100):
        c.box(130 + i % 10 * 40, 80 + i // 10 * 40, 32, 32, CORAL if i >= 85 else STONE, 6)
    c.text(620, 205, "15%", 150, CORAL, "lm")
    c.text(628, 322, "of the year's papers", 44, INK, "lm")
    c.text(628, 380, "came with their code", 44, INK, "lm")


def circle(x: float, y: float, radius: float, count: int) -> list[Point]:
    turns = [math.tau * i / count - math.pi / 2 for i in range(count)]
    return [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns]


def languages(c: Canvas) -> None:
    codes = ("ar", "de", "el", "fr", "hi", "ja", "ka", "ru", "sw", "tr", "zh")
    star, mesh = circle(320, 280, 200, 11), circle(880, 280, 200, 11)
    for i, place in enumerate(mesh):
        c.line([(320, 280), star[i]], CORAL, 4)
        for other in mesh[:i]:
            c.line([place, other], mix(TEAL, PAPER, 0.45), 2)
    for ring, shade in ((star, INK), (mesh, TEAL)):
        for (x, y), code in zip(ring, codes, strict=True):
            c.oval(x, y, 33, 33, shade)
            c.text(x, y - 1, code, 30, WHITE)
    c.oval(320, 280, 52, 52, CORAL)
    c.text(320, 279, "en", 42, WHITE)
    c.text(320, 565, "English in the middle", 36)
    c.text(880, 565, "every pair directly", 36)


def head(t: float, v: float) -> Point3:
    """A point of a face: t turns around the head, v runs from the crown (-1) to the chin (1)."""

    def bump(x: float, y: float, rx: float, ry: float) -> float:
        return math.exp(-(((abs(t) - x) / rx) ** 2) - ((v - y) / ry) ** 2)

    w = max(0.0, 1 - v * v) ** 0.44 * (0.78 - 0.13 * v)
    z = w * math.cos(t) + 0.22 * bump(0, 0.16, 0.18, 0.14) + 0.10 * bump(0, -0.05, 0.12, 0.22)
    z += 0.07 * bump(0, 0.47, 0.32, 0.05) + 0.06 * bump(0, 0.60, 0.30, 0.05)
    z += 0.10 * bump(0, 0.85, 0.35, 0.12) - 0.16 * bump(0.42, -0.11, 0.22, 0.10)
    z += 0.11 * bump(0.44, -0.09, 0.13, 0.06)
    return w * math.sin(t), v * 1.12, z


def spin(p: Point3, angle: float) -> Point3:
    cos, sin = math.cos(angle), math.sin(angle)
    return p[0] * cos + p[2] * sin, p[1], p[2] * cos - p[0] * sin


def lit(a: Point3, b: Point3, d: Point3) -> float:
    """How brightly light from the upper left meets the facet a, b, d; below zero it faces away."""
    u, w = ([q - p for p, q in zip(a, e, strict=True)] for e in (b, d))
    n = (u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0])
    if n[2] <= 0:
        return -1
    return max(0.0, (-0.35 * n[0] - 0.35 * n[1] + 0.87 * n[2]) / math.hypot(*n))


def bust(c: Canvas, x: float, angle: float) -> None:
    """One wire-mesh head, painted from back to front; every second edge of the facets shows."""
    rows, columns = 76, 60
    ts = [-1.5 + 3 * j / columns for j in range(columns + 1)]
    vs = [math.sin(-1.52 + 3 * i / rows) for i in range(rows + 1)]
    grid = [[spin(head(t, v), angle) for t in ts] for v in vs]
    facets = [(i, j) for i in range(rows) for j in range(columns)]
    for i, j in sorted(facets, key=lambda at: grid[at[0]][at[1]][2]):
        quad = (grid[i][j], grid[i][j + 1], grid[i + 1][j + 1], grid[i + 1][j])
        light = lit(quad[0], quad[1], quad[3])
        if light < 0:
            continue
        corners = [(x + p[0] * 215, 305 + p[1] * 215) for p in quad]
        c.polygon(corners, mix(INK, mix(TEAL, WHITE, 0.55), light))
        for end, shown in ((1, i % 2 == 0), (3, j % 2 == 0)):
            if shown:
                c.line([corners[0], corners[end]], mix(TEAL, WHITE, 0.3 + 0.5 * light), 1)


def heads(c: Canvas) -> None:
    for x, angle in ((225, -0.75), (600, 0.0), (975, 0.75)):
        bust(c, x, angle)


def compare(c: Canvas, before: Canvas, after: Canvas) -> None:
    c.panel(60, 60, before)
    c.panel(650, 60, after)
    c.arrow((572, 310), (628, 310), INK)


def skyline(c: Canvas, near: Colour, window: Colour) -> None:
    for row in range(2):
        x = -20.0
        while x < c.size[0]:
            w, h = 46 + 50 * noise("w", row, int(x)), 70 + 130 * noise("h", row, int(x))
            top = c.size[1] - h - 70 * (1 - row)
            c.box(x, top, w + 1, h + 80, mix(near, window, 0.28 * (1 - row)))
            for i in range(int(w // 20) * int(h // 26) * row):
                if noise("lit", int(x), i) < 0.42:
                    column, floor = i % int(w // 20), i // int(w // 20)
                    c.box(x + 8 + column * 20, top + 14 + floor * 26, 9, 13, window)
            x += w


def skies(c: Canvas) -> None:
    before, after = Canvas(500, 490), Canvas(500, 490)
    before.fade((176, 184, 190), (214, 217, 216))
    skyline(before, (104, 112, 120), (176, 182, 184))
    after.fade((40, 42, 92), (246, 160, 104))
    for i in range(46):
        r = 1 + 1.6 * noise("r", i)
        after.oval(470 * noise("x", i), 190 * noise("y", i), r, r, (226, 214, 236))
    after.oval(350, 170, 112, 112, (252, 214, 170))
    after.oval(318, 140, 30, 30, (240, 190, 146))
    after.oval(396, 196, 20, 20, (240, 190, 146))
    after.oval(340, 226, 14, 14, (240, 190, 146))
    skyline(after, (58, 36, 66), (255, 192, 118))
    compare(c, before, after)


def fish(c: Canvas, x: float, y: float, size: float, body: Colour, band: Colour) -> None:
    tail = [(x + size * 0.8, y), (x + size * 1.5, y - size * 0.5), (x + size * 1.5, y + size * 0.5)]
    c.polygon(tail, body)
    c.oval(x, y, size, size * 0.56, body)
    c.box(x - size * 0.15, y - size * 0.5, size * 0.24, size, band, size * 0.12)
    c.oval(x - size * 0.6, y - size * 0.12, size * 0.1, size * 0.1, INK)


def coral(c: Canvas, x: float, y: float, length: float, turn: float, shade: Colour) -> None:
    """A branch and, while it is long enough, its two smaller branches."""
    end = (x + length * math.sin(turn), y - length * math.cos(turn))
    c.line([(x, y), end], shade, length / 4.2)
    if length > 22:
        for side in (-0.42, 0.38):
            coral(c, *end, length * 0.76, turn + side, shade)


def reef(haze: float) -> Canvas:
    """The same reef through more (towards 1) or less (0) of the green water."""
    c = Canvas(500, 490)

    def tint(shade: Colour) -> Colour:
        return mix(shade, (38, 116, 116), haze * 0.82)

    c.fade(mix((120, 200, 226), (66, 146, 138), haze), mix((20, 88, 140), (22, 84, 90), haze))
    c.oval(120, 510, 260, 90, tint((226, 200, 150)))
    c.oval(430, 520, 230, 110, tint((214, 184, 132)))
    for x, y, length, shade in (
        (120, 470, 66, CORAL),
        (252, 488, 44, AMBER),
        (372, 466, 62, CORAL),
    ):
        coral(c, x, y, length, 0.05, tint(mix(shade, (226, 90, 140), 0.25 if x == 372 else 0)))
    for x, y, size in ((200, 110, 50), (360, 196, 38), (90, 206, 30)):
        fish(c, x, y, size, tint((250, 166, 40)), tint(WHITE))
    return c


def reefs(c: Canvas) -> None:
    compare(c, reef(1), reef(0))


def loudness(x: float) -> float:
    """Three coughs along [0, 1]: a burst, a rest, a voiced tail each."""
    starts = (0.08, 0.40, 0.70)
    level = sum(math.exp(-(x - s) * 22) * (x > s) for s in starts)
    return 0.05 + level + 0.4 * sum(math.exp(-(((x - s - 0.13) / 0.03) ** 2)) for s in starts)


def cough(c: Canvas) -> None:
    for i in range(135):
        h = 6 + 100 * min(1.0, loudness(i / 135)) * (0.55 + 0.45 * noise("wave", i))
        c.box(61 + i * 8, 175 - h, 4, 2 * h, INK, 2)
    ramp = ((24, 34, 58), TEAL, AMBER, (255, 240, 200))
    for i in range(90):
        for j in range(20):
            tone = math.exp(-j / 9) + 0.3 * math.cos(j * 1.5) ** 8
            heat = min(0.999, loudness(i / 90) * tone * (0.6 + 0.5 * noise(i, j)))
            step = int(heat * 3)
            shade = mix(ramp[step], ramp[step + 1], heat * 3 - step)
            c.box(60 + i * 12, 560 - j * 12, 12, 12, shade)


def pear(x: float, y: float, w: float, h: float) -> list[Point]:
    turns = [math.tau * i / 90 for i in range(90)]
    return [(x + w * math.sin(t) * (1 - 0.3 * math.cos(t)), y - h * math.cos(t)) for t in turns]


def armchair(c: Canvas, x: float, y: float, k: float, w: float, rind: Colour) -> None:
    """An armchair that is half an avocado: k times as large, w wide, its stone the cushion."""
    flesh, wood = (222, 222, 146), (150, 102, 62)
    for side in (-1, 1):
        foot = (x + side * k * (w * 0.9), y + 196 * k)
        c.line([(x + side * k * w * 0.7, y + 120 * k), foot], wood, 13 * k)
    c.polygon(pear(x, y - 20 * k, w * k, 172 * k), rind)
    c.polygon(pear(x, y - 18 * k, (w - 15) * k, 154 * k), flesh)
    c.polygon(pear(x, y - 22 * k, (w - 34) * k, 128 * k), mix(flesh, WHITE, 0.4))
    c.oval(x, y + 48 * k, w * 0.62 * k, 52 * k, (122, 76, 46))
    c.oval(x - w * 0.2 * k, y + 28 * k, w * 0.2 * k, 13 * k, (168, 116, 76))
    for side in (-1, 1):
        left = x + side * k * w * 1.06 - 26 * k
        c.box(left, y + 14 * k, 52 * k, 140 * k, rind, 26 * k)
        c.box(left + 11 * k, y + 26 * k, 30 * k, 116 * k, mix(rind, flesh, 0.35), 15 * k)
    c.box(x - w * k, y + 102 * k, 2 * w * k, 52 * k, rind, 24 * k)


def avocados(c: Canvas) -> None:
    c.box(190, 62, 820, 84, WHITE, 42)
    c.text(600, 104, "an armchair in the shape of an avocado", 38)
    looks = ((66, 96, 52), 112.0), ((40, 72, 56), 132.0), ((118, 142, 62), 100.0)
    for i, (rind, w) in enumerate(looks):
        c.oval(230 + i * 370, 582, 168, 15, STONE)
        armchair(c, 230 + i * 370, 386, 1, w, rind)


def icon(c: Canvas, kind: int, x: float, y: float) -> None:
    if kind == 0:
        fish(c, x - 6, y, 27, (232, 142, 40), WHITE)
    elif kind == 1:
        c.polygon([(x - 40, y + 12), (x + 40, y + 12), (x + 22, y + 34), (x - 22, y + 34)], INK)
        c.polygon([(x - 4, y - 40), (x - 4, y + 4), (x - 34, y + 4)], CORAL)
        c.polygon([(x + 4, y - 28), (x + 4, y + 4), (x + 30, y + 4)], CORAL)
    elif kind == 2:
        c.oval(x, y, 34, 34, AMBER)
        c.oval(x + 15, y - 9, 28, 28, WHITE)
    elif kind == 3:
        c.box(x - 27, y - 6, 54, 40, TEAL)
        c.polygon([(x - 40, y - 4), (x, y - 38), (x + 40, y - 4)], INK)
    else:
        armchair(c, x, y - 2, 0.2, 112, (66, 96, 52))


def captions(c: Canvas) -> None:
    for i, words in enumerate(("a fish", "a boat", "the moon", "a house", "an armchair")):
        c.text(300, 237 + i * 90, words, 36, INK, "rm")
        c.box(350 + i * 156, 60, 140, 120, WHITE, 14)
        icon(c, i, 420 + i * 156, 120)
        for j in range(5):
            match = 0.95 if i == j else 0.05 + 0.2 * noise("match", i, j)
            c.box(350 + j * 156, 198 + i * 90, 140, 78, mix(STONE, TEAL, match), 14)


def scores(c: Canvas) -> None:
    """A dot plot and no bars: the axis does not begin at zero."""
    rows = (
        ("DeBERTa, ensemble", 90.3),
        ("T5 + Meena", 90.2),
        ("DeBERTa, single", 89.9),
        ("People", 89.8),
        ("T5", 89.3),
    )
    for tick in (89.0, 89.5, 90.0, 90.5):
        x = 470 + (tick - 89) * 360
        c.line([(x, 80), (x, 500)], STONE, 3)
        c.text(x, 540, f"{tick:.1f}", 30, GREY)
    c.line([(758, 80), (758, 500)], INK, 4)
    for i, (name, score) in enumerate(rows):
        y, x = 115 + i * 88, 470 + (score - 89) * 360
        ours, people = name.startswith("DeBERTa"), name == "People"
        c.text(410, y, name, 36, INK, "rm")
        c.oval(x, y, 19, 19, CORAL if ours else INK if people else TEAL)
        c.text(1140, y, str(score), 36, CORAL if ours else INK, "rm")


def depth(x: float, y: float) -> float:
    """A ball in a ring, from 0 (far) to 1 (near); the picture's middle is the origin."""
    r = math.hypot(x, y)
    ball = math.sqrt(max(0.0, 1 - (r / 44) ** 2))
    return max(ball, 0.7 * math.sqrt(max(0.0, 1 - ((r - 68) / 14) ** 2)))


def stereogram(w: int, h: int, period: int = 40) -> list[Colour]:
    """Each dot repeats the one a period to its left; the nearer the point, the shorter the step."""
    shades = (INK, TEAL, mix(TEAL, PAPER, 0.5), PAPER, AMBER)
    dots: list[Colour] = []
    for y in range(h):
        row: list[Colour] = []
        for x in range(w):
            step = period - round(10 * depth(x - w / 2 - period / 2, y - h / 2))
            row.append(row[x - step] if x >= step else shades[int(noise(x, y) * 5)])
        dots += row
    return dots


def magic_eye(c: Canvas) -> None:
    hidden = [
        mix(INK, PAPER, depth((x - 160) / 1.85, (y - 160) / 1.85))
        for y in range(320)
        for x in range(320)
    ]
    for left, w, h, dots in ((60, 236, 174, stereogram(236, 174)), (820, 320, 320, hidden)):
        small = Image.new("RGB", (w, h))
        small.putdata(dots)
        grain = 3 if h == 174 else 1
        part = Canvas(h * grain, w * grain)
        part.image = small.resize(part.image.size, Image.Resampling.NEAREST)
        c.panel(left, 60 + (522 - h * grain) // 2, part)


def hills() -> Canvas:
    c = Canvas(480, 640)
    c.fade((250, 214, 170), (250, 236, 214))
    c.oval(450, 130, 54, 54, AMBER)
    for layer in range(4):
        lift = [
            (
                x,
                190
                + layer * 76
                + 46 * math.sin(x / (120 - layer * 16) + layer * 2.1)
                + 14 * math.sin(x / 31 + layer),
            )
            for x in range(0, 644, 4)
        ]
        c.polygon([*lift, (640, 480), (0, 480)], mix((150, 190, 184), (18, 62, 70), layer / 3))
    return c


def patch(scene: Canvas, x: int, y: int, side: int) -> Canvas:
    tile = Canvas(side, side)
    corner = (x * SCALE, y * SCALE, (x + side) * SCALE, (y + side) * SCALE)
    tile.image, tile.smooth = scene.image.crop(corner), True
    return tile


def patches(c: Canvas) -> None:
    """A landscape half composed, patch by patch, and the codebook it is composed from."""
    scene = hills()
    corners = [(i % 8 * 80, i // 8 * 80) for i in range(48)]
    for i, (x, y) in enumerate(corners):
        tile = patch(scene, x, y, 74) if i < 29 else Canvas(74, 74, CORAL if i == 29 else STONE)
        c.panel(60 + x, 60 + y, tile, 8)
    c.text(60 + 5 * 80 + 37, 60 + 3 * 80 + 36, "?", 46, WHITE)
    for k, i in enumerate((0, 13, 5, 19, 30, 26, 45, 33, 38, 22, 41, 47)):
        c.panel(860 + k % 3 * 98, 96 + k // 3 * 98, patch(scene, *corners[i], 74), 8)
    c.text(995, 520, "codebook", 36)
    c.arrow((836, 290), (732, 290))


JOINTS: dict[str, Point3] = {
    "head": (0.05, -1.0, 0.1),
    "neck": (0, -0.72, 0),
    "hip": (0, 0.05, 0),
    "elbow": (0.42, -0.95, 0.25),
    "hand": (0.62, -1.28, 0.3),
    "elbow2": (-0.45, -0.55, -0.1),
    "hand2": (-0.85, -0.62, 0.25),
    "knee": (0.3, 0.42, 0.35),
    "foot": (0.32, 0.92, 0.1),
    "knee2": (-0.3, 0.5, -0.2),
    "foot2": (-0.62, 0.92, -0.5),
}
LIMBS = ("neck elbow hand", "neck elbow2 hand2", "neck hip", "hip knee foot", "hip knee2 foot2")


def figure(c: Canvas, x: float, y: float, angle: float, shade: Colour) -> None:
    """The one pose of JOINTS, seen from `angle`."""
    flat = {name: spin(p, angle) for name, p in JOINTS.items()}
    at = {name: (x + p[0] * 150, y + p[1] * 150) for name, p in flat.items()}
    for limb in LIMBS:
        c.line([at[name] for name in limb.split()], shade, 15)
    c.oval(*at["head"], 31, 31, shade)
    for name in at:
        if name not in ("head", "neck", "hip"):
            c.oval(*at[name], 11, 11, AMBER)


def poses(c: Canvas) -> None:
    c.panel(60, 60, Canvas(480, 300, WHITE))
    c.panel(390, 60, Canvas(480, 300, WHITE))
    figure(c, 220, 330, 0.0, TEAL)
    figure(c, 540, 330, 1.0, CORAL)
    c.arrow((712, 300), (772, 300))
    c.oval(970, 300, 175, 175, STONE)
    c.oval(970, 300, 169, 169, PAPER)
    for i in range(15):
        turn, r = math.tau * noise("turn", i), 60 + 92 * noise("far", i)
        c.oval(970 + r * math.cos(turn), 300 + r * math.sin(turn), 9, 9, mix(GREY, PAPER, 0.5))
    c.oval(958, 296, 18, 18, TEAL)
    c.oval(984, 306, 18, 18, CORAL)


PICTURES: dict[str, tuple[int, Callable[[Canvas], None]]] = {
    "2020-10/state-of-ai.png": (550, share_of_code),
    "2020-10/m2m-100.png": (630, languages),
    "2020-10/face-mesh.png": (610, heads),
    "2020-10/sky.png": (620, skies),
    "2020-10/underwater.png": (620, reefs),
    "2020-10/cough.png": (620, cough),
    "2021-01/dalle.png": (650, avocados),
    "2021-01/clip.png": (696, captions),
    "2021-01/deberta.png": (600, scores),
    "2021-01/magic-eye.png": (640, magic_eye),
    "2021-01/taming.png": (600, patches),
    "2021-01/pose.png": (600, poses),
}


def main() -> None:
    images = Path(__file__).resolve().parents[1] / "templates" / "example" / "images"
    parser = argparse.ArgumentParser(description="Draw the pictures of the example issues.")
    parser.add_argument("--out", type=Path, default=images, help="folder to draw into")
    out: Path = parser.parse_args().out
    for name, (height, draw) in PICTURES.items():
        canvas = Canvas(height)
        draw(canvas)
        canvas.save(out / name)


if __name__ == "__main__":
    main()
