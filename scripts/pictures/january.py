"""The pictures of January's issue."""

from __future__ import annotations

import math

from pictures.canvas import (
    AMBER,
    CORAL,
    GREY,
    INK,
    PAPER,
    SCALE,
    STONE,
    TEAL,
    WHITE,
    Canvas,
    Colour,
    Point,
    Point3,
    fish,
    mix,
    noise,
    spin,
)
from PIL import Image


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
