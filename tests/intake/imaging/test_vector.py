"""An SVG is drawn from itself alone, in the pixels that mail needs."""

from __future__ import annotations

from pathlib import Path

import drawing
import pytest

from mailer.intake.imaging.fault import PictureFault
from mailer.intake.imaging.fitting import fitted
from mailer.intake.imaging.setting import Setting
from mailer.intake.imaging.vector import is_vector, rasterised

SHAPES = '<rect width="50%" height="100%" fill="teal"/>'


def svg(attributes: str, content: str = SHAPES) -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<?xml version="1.0"?>\n<svg {names} {attributes}>{content}</svg>'.encode()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="400" height="100"', (800, 200)),
        ('width="2000px" height="1000px"', (1120, 560)),
        ('viewBox="0 0 300 150"', (600, 300)),
        ('width="100%" height="100%" viewBox="0,0,300,150"', (600, 300)),
        ('width="24" height="24" viewBox="0 0 1000 1000"', (24, 24)),
        ('width="10cm" height="5cm"', (756, 378)),
        ('width="3in" height="0.1in"', (576, 19)),
    ],
)
def test_it_has_twice_the_pixels_of_its_place(attributes: str, size: tuple[int, int]) -> None:
    """Small ones are shown pixel by pixel and drawn so; none is wider than the column."""
    image = drawing.opened(rasterised(svg(attributes), Setting(560))).convert("RGBA")
    width, height = image.size
    assert (width, height) == size
    assert image.getpixel((width // 8, height // 2)) == (0, 128, 128, 255)
    assert image.getpixel((width - 1, height // 2)) == (0, 0, 0, 0)


@pytest.mark.parametrize("own", [24, 300, 4000])
def test_it_is_drawn_for_the_width_that_is_asked_for(own: int) -> None:
    """Whatever its own: lines have no pixels."""
    drawn = rasterised(svg(f'width="{own}" height="{own}"'), Setting(160, is_asked=True))
    assert drawing.opened(drawn).size == (320, 320)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (svg('width="9" height="9"', "<text>a</text>"), "turn it into paths"),
        (svg('width="9" height="9"', '<g><image href="/etc/a.png"/></g>'), "a picture inside"),
        (svg('width="9" height="9"', "<foreignObject/>"), "HTML inside"),
        (svg('width="9" height="9"', '<filter><feImage href="a"/></filter>'), "inside a filter"),
        (svg("", ""), "without a size"),
        (svg('width="0" height="0"'), "without a size"),
        (svg('width="50%" height="9"'), "without a size"),
        (svg('width="9px" height="9em"'), "without a size"),
        (svg('width="1" height="100000"'), "too narrow"),
        (svg('width="0.001" height="0.001"'), "too narrow"),
        (svg('width="9" height="9"')[:-5], "cannot be read"),
        (b"<html><body>Not found</body></html>", "is no picture"),
        (
            b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + svg('width="9" height="9"', "<desc>&a;</desc>").partition(b"\n")[2],
            "entities",
        ),
    ],
)
def test_what_cannot_be_drawn_alike_everywhere_is_named(content: bytes, fault: str) -> None:
    """Fonts, files and networks are not asked, and absurd sizes never reach the drawing."""
    assert is_vector(content)
    with pytest.raises(PictureFault, match=fault):
        rasterised(content, Setting(560))


def test_a_drawing_that_multiplies_itself_is_refused() -> None:
    """Ten times ten times ten …, before it is drawn."""
    steps = "".join(
        f'<g id="a{n}">{f"""<use xlink:href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 11)
    )
    content = svg('width="99" height="99"', f'<g id="a0">{SHAPES}</g>{steps}')
    with pytest.raises(PictureFault, match="cannot be drawn"):
        rasterised(content, Setting(560))


def test_an_svg_leaves_as_png_with_the_plate_that_dark_lines_need() -> None:
    """The way of any other drawing, whatever its suffix."""
    lines = '<path d="M10 10h280M10 90h280" stroke="black" stroke-width="4"/>'
    found = fitted(b"\xef\xbb\xbf \n" + svg('width="300" height="100"', lines)[22:], Setting(560))
    assert found.media_type == "image/png"
    assert drawing.opened(found.content).convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


def test_the_example_is_no_vector() -> None:
    """Nor is any other kind of picture."""
    example = Path(__file__).parents[3] / "templates/example/images/2021-01/clip.png"
    assert not is_vector(example.read_bytes())
    assert not is_vector(b"")
