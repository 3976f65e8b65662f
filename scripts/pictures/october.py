"""The pictures of October's issue."""

from __future__ import annotations

import math

from pictures.canvas import (
    AMBER,
    CORAL,
    INK,
    PAPER,
    STONE,
    TEAL,
    WHITE,
    Canvas,
    Colour,
    Point3,
    circle,
    compare,
    fish,
    mix,
    noise,
    spin,
)


def share_of_code(c: Canvas) -> None:
    for i in range(100):
        c.box(130 + i % 10 * 40, 80 + i // 10 * 40, 32, 32, CORAL if i >= 85 else STONE, 6)
    c.text(620, 205, "15%", 150, CORAL, "lm")
    c.text(628, 322, "of the year's papers", 44, INK, "lm")
    c.text(628, 380, "came with their code", 44, INK, "lm")


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
