"""A picture leaves as a PNG, JPEG or GIF at twice the width at which it is shown."""

from __future__ import annotations

import hashlib

import drawing
import pytest
from PIL import Image

from mailer.intake.imaging.fault import PictureFault
from mailer.intake.imaging.fitting import fitted
from mailer.intake.imaging.setting import Setting

COLUMN = Setting(560)


def test_a_wide_photograph_is_scaled_to_twice_the_column() -> None:
    """Its shape stays, and its file shrinks."""
    source = drawing.saved(drawing.photograph(2400, 1600), "JPEG", quality=95)
    found = fitted(source, COLUMN)
    assert (found.width, found.height, found.media_type) == (1120, 747, "image/jpeg")
    assert drawing.opened(found.content).size == (1120, 747)
    assert len(found.content) < len(source) / 4


def test_no_column_is_wider_than_a_mail() -> None:
    """Whatever the theme says, 600 are shown."""
    source = drawing.saved(drawing.drawing(3000, 300))
    assert fitted(source, Setting(900)).width == 1200


def test_a_picture_with_a_width_is_a_small_file() -> None:
    """Twice what the editor asked for, and never more than there is."""
    source = drawing.saved(drawing.photograph(2400, 1600), "JPEG", quality=95)
    small, whole = fitted(source, Setting(160, is_asked=True)), fitted(source, COLUMN)
    assert (small.width, small.height) == (320, 213)
    assert len(small.content) < len(whole.content) / 6
    assert fitted(drawing.saved(drawing.drawing(100, 90)), Setting(160, True)).width == 100


@pytest.mark.parametrize("width", [1, 30, 560, 1120, 1200])
def test_what_fits_is_not_resampled_nor_enlarged(width: int) -> None:
    """Up to an eighth more than twice the column, pixels stay as drawn."""
    image = drawing.drawing(max(width, 1), 90)
    found = fitted(drawing.saved(image), COLUMN)
    assert drawing.opened(found.content).convert("RGB").tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "source",
    [
        drawing.saved(drawing.drawing(), optimize=True),
        drawing.saved(drawing.drawing().quantize(16), optimize=True),
        drawing.saved(drawing.drawing(), "GIF"),
        drawing.saved(drawing.photograph(), "JPEG", quality=40, optimize=True),
        drawing.saved(drawing.photograph(), "JPEG", quality=100),
        drawing.saved(Image.new("1", (64, 64))),
    ],
    ids=["png", "palette", "gif", "small jpeg", "large jpeg", "black"],
)
def test_a_file_that_fits_never_grows(source: bytes) -> None:
    """It leaves bare of metadata, or re-encoded and smaller."""
    assert len(fitted(source, COLUMN).content) <= len(source)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_new_formats_are_converted(kind: str) -> None:
    """To what every client shows, by content."""
    assert fitted(drawing.saved(drawing.photograph(), kind), COLUMN).media_type == "image/jpeg"
    flat = drawing.saved(drawing.drawing(), kind, lossless=True, quality=100)
    if kind == "WEBP":
        assert fitted(flat, COLUMN).media_type == "image/png"


def test_where_it_was_taken_does_not_leave() -> None:
    """Neither from a file that is kept nor from one that is scaled."""
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    for width in (800, 2400):
        source = drawing.saved(drawing.photograph(width), "JPEG", exif=exif, quality=60)
        assert b"Camera of Ada" in source
        content = fitted(source, COLUMN).content
        assert b"Camera of Ada" not in content
        assert not drawing.opened(content).getexif()


def test_line_art_gets_its_plate_within_the_width() -> None:
    """Margin and all, it is not wider than others."""
    found = fitted(drawing.saved(drawing.line_art(3000, 600)), COLUMN)
    assert found.width == 1120
    assert drawing.opened(found.content).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_small_animation_is_kept_as_it_is() -> None:
    """All its frames, under its content's name."""
    source = drawing.animation()
    found = fitted(source, COLUMN)
    assert (found.media_type, found.width, found.height) == ("image/gif", 60, 40)
    assert getattr(drawing.opened(found.content), "n_frames", 1) == 3
    assert found.name == hashlib.sha256(found.content).hexdigest()[:20] + ".gif"


def test_an_animation_that_mail_cannot_carry_is_named() -> None:
    """Too heavy, or of a kind whose movement most clients do not show."""
    heavy = [drawing.photograph(700, 500).rotate(n).quantize(256) for n in range(8)]
    gif = drawing.saved(heavy[0], "GIF", save_all=True, append_images=heavy[1:])
    with pytest.raises(PictureFault, match=r"is an animation of [\d,]+ bytes, over 1,000,000"):
        fitted(gif, COLUMN)
    for kind in ("WEBP", "PNG"):
        with pytest.raises(PictureFault, match="moves, which mail shows of a GIF only"):
            fitted(drawing.animation(kind=kind), COLUMN)


def test_the_same_source_gives_the_same_file() -> None:
    """Its name too."""
    for source in (drawing.saved(drawing.photograph(2400, 300)), drawing.saved(drawing.line_art())):
        assert fitted(source, COLUMN) == fitted(source, COLUMN)
