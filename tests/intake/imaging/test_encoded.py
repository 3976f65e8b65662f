"""Photographs become JPEG, drawings PNG; the same pixels give the same bytes."""

from __future__ import annotations

import drawing
import pytest
from PIL import Image, ImageChops

from mailer.intake.imaging.encoded import encoded


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (drawing.photograph(), "JPEG"),
        (drawing.drawing(), "PNG"),
        (drawing.line_art(), "PNG"),
        (drawing.photograph().convert("RGBA").rotate(9), "PNG"),
        (Image.linear_gradient("L").convert("RGB"), "PNG"),
    ],
    ids=["photograph", "drawing", "lines", "transparent photograph", "gradient"],
)
def test_the_content_decides(image: Image.Image, kind: str) -> None:
    """And what is transparent is never JPEG."""
    assert encoded(image, was_jpeg=False)[0] == kind


def test_what_was_jpeg_stays_jpeg() -> None:
    """Its losses are there already; as PNG it would only grow."""
    assert encoded(drawing.drawing(), was_jpeg=True)[0] == "JPEG"


@pytest.mark.parametrize("image", [drawing.drawing(), drawing.line_art()], ids=["RGB", "RGBA"])
def test_few_colours_are_kept_to_the_letter(image: Image.Image) -> None:
    """A drawing of up to 256 colours becomes a palette, and no pixel changes."""
    _, content = encoded(image, was_jpeg=False)
    found = drawing.opened(content)
    assert found.mode == "P"
    assert ImageChops.difference(found.convert(image.mode), image).getbbox() is None
    assert len(content) < len(drawing.saved(image, optimize=True))


def test_many_colours_are_not_forced_into_a_palette() -> None:
    """Where 256 would show, all stay."""
    wheel = Image.merge(
        "RGB",
        [
            Image.linear_gradient("L"),
            Image.radial_gradient("L"),
            Image.linear_gradient("L").rotate(90),
        ],
    )
    colourful = wheel.resize((1024, 1024), Image.Resampling.NEAREST)
    kind, content = encoded(colourful, was_jpeg=False)
    assert kind == "PNG"
    assert drawing.opened(content).mode == "RGB"


def test_the_same_pixels_give_the_same_bytes() -> None:
    """Twice."""
    for image in (drawing.photograph(), drawing.drawing(), drawing.line_art()):
        assert encoded(image, was_jpeg=False) == encoded(image.copy(), was_jpeg=False)
