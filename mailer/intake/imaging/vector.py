"""An SVG file → a PNG of the pixels that mail needs.

Drawn by resvg from the file alone: what would come from elsewhere, a font or a picture, is
refused, so that every machine draws the same. Its size is settled here before resvg sees it.
"""

from __future__ import annotations

import re

import resvg_py
from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailer.intake.imaging.fault import PictureFault
from mailer.intake.imaging.setting import Setting

_SVG = "{http://www.w3.org/2000/svg}"
_ELSEWHERE = {
    "text": ("text, whose font others may not have", "turn it into paths, or save it as PNG"),
    "image": ("a picture inside", "save it as PNG"),
    "feImage": ("a picture inside a filter", "save it as PNG"),
    "foreignObject": ("HTML inside", "save it as PNG"),
}
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_LENGTH = re.compile(r"\s*(\d*\.?\d+(?:[eE][+-]?\d+)?)\s*([a-z]*)\s*")
_TALLEST = 4  # times as high as wide at most


def is_vector(content: bytes) -> bool:
    """Whether it is a text in angle brackets, as no other kind of picture is."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def rasterised(content: bytes, setting: Setting) -> bytes:
    """PNG: twice the width that the editor asked for. Else twice the SVG's own width where that is
    wider than the setting, at most twice the setting; a smaller one at its own width, since it is
    shown pixel by pixel. Raises PictureFault."""
    root = _parsed(content)
    _require_whole(root)
    width, height = _size(root)
    is_small = 2 * width <= setting.width
    shown = setting.width if setting.is_asked else min(width, setting.width)
    pixels = round(width if is_small and not setting.is_asked else 2 * shown)
    if not pixels or height > _TALLEST * width:
        raise PictureFault("is an SVG too narrow to be shown", "make it wider, or save it as PNG")
    root.set("viewBox", root.get("viewBox", f"0 0 {width} {height}"))
    root.set("width", str(pixels))
    root.set("height", str(max(1, round(height * pixels / width))))
    try:
        drawn = etree.tostring(root, encoding="unicode")
        return resvg_py.svg_to_bytes(svg_string=drawn, skip_system_fonts=True)
    except ValueError as error:
        raise PictureFault(f"is an SVG that cannot be drawn: {error}", "save it as PNG") from error


def _parsed(content: bytes) -> etree._Element:
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise PictureFault(f"cannot be read: {error}", "save it again, or as PNG") from error
    if root.tag != f"{_SVG}svg":
        raise PictureFault("is no picture", "use PNG, JPEG, GIF, WebP, AVIF or SVG")
    if any(True for _ in root.iter(etree.Entity)):
        raise PictureFault("is an SVG with entities", "save it as plain SVG, or as PNG")
    return root


def _require_whole(root: etree._Element) -> None:
    for name, (what, mend) in _ELSEWHERE.items():
        if root.find(f".//{_SVG}{name}") is not None:
            raise PictureFault(f"is an SVG with {what}", mend)


def _size(root: etree._Element) -> tuple[float, float]:
    """In CSS pixels: its own, else that of its view box (SVG 2 §8.2)."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sizes = box[2:4] if len(box) == 4 else ["", ""]
    width, height = (
        _pixels(root.get(name, "")) or _pixels(side)
        for name, side in zip(("width", "height"), sizes, strict=True)
    )
    if not width or not height:
        raise PictureFault("is an SVG without a size", "give it width and height, or a viewBox")
    return width, height


def _pixels(length: str) -> float | None:
    """None for none, for zero and for a part of something else."""
    found = _LENGTH.fullmatch(length)
    scale = _UNITS.get(found[2]) if found else None
    return float(found[1]) * scale if found and scale else None
