"""Whatever a file held, what comes out is upright and of 8 bits; what cannot be is named."""

from __future__ import annotations

import struct
import zlib

import drawing
import pytest
from PIL import Image, ImageCms

from mailer.intake.imaging.decoded import decode
from mailer.intake.imaging.fault import PictureFault


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_the_content_tells_the_kind(kind: str) -> None:
    """Suffixes play no part; WebP and AVIF are read but are not for mail as they are."""
    found = decode(drawing.saved(drawing.drawing(), kind))
    assert (found.kind, found.image.mode, found.image.size) == (kind, "RGB", (800, 400))
    assert found.is_plain == (kind in ("PNG", "JPEG", "GIF"))


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_upright(turn: int) -> None:
    """All eight orientations of Exif: the red corner is where the camera saw it."""
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = turn
    found = decode(drawing.saved(image, "JPEG", exif=exif, quality=95))
    assert found.image.size == ((64, 32) if turn < 5 else (32, 64))
    across, down = found.image.size
    corner = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }
    right, low = corner[turn]
    red = found.image.getpixel((4 + right * (across - 8), 4 + low * (down - 8)))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert red[1] < 60
    assert found.is_plain == (turn == 1)


def test_sixteen_bits_become_eight() -> None:
    """A deep grey keeps its brightness instead of turning white."""
    deep = Image.new("I;16", (20, 10), 128 * 257)
    found = decode(drawing.saved(deep))
    assert found.image.getpixel((5, 5)) == (128, 128, 128)
    assert not found.is_plain


def test_the_colours_of_print_become_those_of_the_screen() -> None:
    """CMYK is converted, since mail clients show it in false colours or not at all."""
    found = decode(drawing.saved(Image.new("CMYK", (20, 10), (0, 255, 255, 0)), "JPEG"))
    red = found.image.getpixel((5, 5))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert max(red[1:]) < 90
    assert not found.is_plain


def test_a_colour_profile_is_applied_and_a_broken_one_passed_over() -> None:
    """Colours arrive as sRGB; the profile itself does not."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (profile, b"no profile at all"):
        found = decode(drawing.saved(Image.new("RGB", (9, 9), "teal"), icc_profile=given))
        pixel = found.image.getpixel((4, 4))
        assert isinstance(pixel, tuple)
        assert all(abs(a - b) <= 1 for a, b in zip(pixel, (0, 128, 128), strict=True))
        assert not found.is_plain


def test_a_palette_with_transparency_stays_transparent() -> None:
    """And one that is opaque after all is RGB."""
    palette = drawing.line_art().quantize(8)
    assert decode(drawing.saved(palette)).image.mode == "RGBA"
    opaque = drawing.drawing().convert("RGBA")
    assert decode(drawing.saved(opaque)).image.mode == "RGB"


def test_a_phones_several_pictures_are_the_first_of_them() -> None:
    """The format of a camera with depth or two lenses is a JPEG like any other."""
    first, second = Image.new("RGB", (20, 10), "teal"), Image.new("RGB", (20, 10), "navy")
    found = decode(drawing.saved(first, "MPO", save_all=True, append_images=[second]))
    assert (found.kind, found.frames, found.is_plain) == ("JPEG", 1, True)


def test_a_single_pixel_is_a_picture() -> None:
    """Of any kind of channel."""
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA"):
        assert decode(drawing.saved(Image.new(mode, (1, 1)))).image.size == (1, 1)


def _bomb(width: int, height: int) -> bytes:
    """A PNG that announces so many pixels, in a few octets."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    drawn = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + drawn + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"no picture", "is no picture that can be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no picture that can be read"),
        (_bomb(8_000, 7_000), r"has 8,000 × 7,000 pixels"),
        (_bomb(12_000, 9_000), r"has 12,000 × 9,000 pixels"),
        (_bomb(40_000, 40_000), "is too large"),
        (_bomb(40, 40), "cannot be read"),
        (drawing.saved(drawing.drawing())[:-300], "cannot be read"),
        (drawing.saved(drawing.photograph(), "JPEG")[:-3000], "cannot be read"),
        (drawing.saved(drawing.drawing(), "WEBP")[:200], "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, fault: str) -> None:
    """Empty, foreign, cut, and bombs: refused before their pixels are unpacked."""
    with pytest.raises(PictureFault, match=fault):
        decode(content)


def test_a_damaged_file_ends_in_a_picture_or_a_fault() -> None:
    """Cut anywhere or with any octet flipped, nothing else comes out of it."""
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "AVIF"):
        whole = drawing.saved(drawing.drawing(90, 60), kind)
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            flipped = whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :]
            for content in (whole[:at], flipped):
                try:
                    decode(content)
                except PictureFault:
                    continue
