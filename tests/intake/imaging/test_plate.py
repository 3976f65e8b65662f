"""Dark drawings on transparency stay readable on dark paper."""

from __future__ import annotations

import colours
import drawing
import pytest
import theming
from PIL import Image, ImageColor

from mailer.intake.imaging.plate import MARGIN, needs_plate, plated


def test_dark_lines_stand_on_a_light_plate() -> None:
    """Opaque and white to the edge: 4.5:1 between line and plate whatever is around it."""
    image = drawing.line_art()
    assert needs_plate(image)
    plate = plated(image)
    assert plate.mode == "RGB"
    assert plate.size == (400 + 2 * MARGIN, 200 + 2 * MARGIN)
    assert plate.getpixel((0, 0)) == (255, 255, 255)
    assert plate.getpixel((MARGIN + 200, MARGIN + 100)) == (0, 0, 0)


@pytest.mark.parametrize("ink", ["black", "#333333", "navy", "#5a5a5a", "maroon"])
def test_what_fails_on_the_dark_paper_gets_the_plate_and_reads_on_it(ink: str) -> None:
    """An ink without 4.5:1 on the theme's dark paper is one that has it on the plate."""
    paper = ImageColor.getrgb(theming.digest().settings.dark["paper"])
    assert colours.contrast(ImageColor.getrgb(ink), paper) < 4.5
    assert needs_plate(drawing.line_art(ink=ink))
    assert colours.contrast(ImageColor.getrgb(ink), (255, 255, 255)) >= 4.5


@pytest.mark.parametrize(
    "image",
    [
        drawing.drawing(),
        drawing.line_art(ink="white"),
        drawing.line_art(ink="#e0c060"),
        Image.new("RGBA", (40, 40), (0, 0, 0, 0)),
        Image.new("RGBA", (40, 40), (0, 0, 0, 255)),
    ],
    ids=["opaque", "white lines", "light lines", "nothing visible", "all visible"],
)
def test_other_pictures_get_no_plate(image: Image.Image) -> None:
    """Only what would vanish on dark paper does."""
    assert not needs_plate(image)
