"""Pictures drawn for tests: a drawing, a photograph, line art, and the files that hold them."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter


def drawing(width: int = 800, height: int = 400, paper: str = "white") -> Image.Image:
    """Flat colours and lines, as a program draws a diagram."""
    image = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(image)
    for step in range(1, 6):
        box = (step * width // 8, height // 4, step * width // 8 + width // 16, height // 2)
        pen.rectangle(box, fill="teal", outline="black", width=3)
    pen.line((0, 0, width, height), fill="navy", width=5)
    return image


def photograph(width: int = 800, height: int = 400) -> Image.Image:
    """Light and shade with the grain of a sensor."""
    grain = Image.frombytes("RGB", (width, height), random.Random(7).randbytes(3 * width * height))  # noqa: S311 - grain
    shade = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    return Image.blend(shade, grain, 0.15).filter(ImageFilter.GaussianBlur(1))


def line_art(width: int = 400, height: int = 200, ink: str = "black") -> Image.Image:
    """Lines on nothing."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((10, 10, height - 10, height - 10), outline=ink, width=6)
    pen.line((0, height // 2, width, height // 2), fill=ink, width=6)
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def animation(frames: int = 3, size: tuple[int, int] = (60, 40), kind: str = "GIF") -> bytes:
    pictures = [Image.new("RGB", size, (80 * n % 256, 40, 90)) for n in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=100, loop=0)


def drawn_alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether no colour differs by more than what JPEG loses."""
    return max(high for _, high in ImageChops.difference(one, other).getextrema()) < 24


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
