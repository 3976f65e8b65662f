"""A still says that it stands for a video."""

from __future__ import annotations

import drawing
import pytest
from PIL import Image

from mailer.intake.imaging.fitting import fitted
from mailer.intake.imaging.playmark import marked
from mailer.intake.imaging.setting import Setting


@pytest.mark.parametrize("paper", ["white", "black", "#808080"])
def test_the_mark_stands_in_the_middle_and_shows_on_any_picture(paper: str) -> None:
    """A light triangle on a dark disc; the rest of the picture is as it was."""
    image = marked(Image.new("RGB", (800, 400), paper))
    middle, disc = image.getpixel((400, 200)), image.getpixel((360, 200))
    assert middle == (255, 255, 255)
    assert isinstance(disc, tuple)
    assert max(disc) < 100
    assert image.getpixel((300, 200)) == Image.new("RGB", (1, 1), paper).getpixel((0, 0))
    assert (image.size, image.mode) == ((800, 400), "RGB")


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (40, 30)])
def test_a_tiny_picture_has_a_tiny_mark(size: tuple[int, int]) -> None:
    assert marked(Image.new("RGBA", size, (0, 0, 0, 0))).size == size


def test_a_still_gets_the_mark_and_any_other_picture_does_not() -> None:
    """An animation stays as it is: it moves already."""
    source = drawing.saved(drawing.photograph(), "JPEG", quality=90)
    plain, still = (fitted(source, Setting(560, is_still=still)) for still in (False, True))
    corner, middle = (0, 0, 200, 400), (400, 200)
    before, after = drawing.opened(plain.content), drawing.opened(still.content)
    assert after.getpixel(middle) != before.getpixel(middle)
    assert drawing.drawn_alike(before.crop(corner), after.crop(corner))
    moving = drawing.animation()
    assert fitted(moving, Setting(560, is_still=True)) == fitted(moving, Setting(560))
