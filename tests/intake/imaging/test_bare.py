"""What says where, when and by whom leaves a file; what draws the picture stays."""

from __future__ import annotations

import io

import drawing
import pytest
from PIL import Image, PngImagePlugin

from mailer.intake.imaging.bare import bare

SECRET = "52°31'N Ada Lovelace"


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET  # the description
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    return exif


def _png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", SECRET)
    return drawing.saved(drawing.drawing(), pnginfo=notes, exif=_exif(), dpi=(300, 300))


def _jpeg() -> bytes:
    photograph = drawing.photograph()
    plain = drawing.saved(
        photograph, "JPEG", exif=_exif(), comment=SECRET, xmp=SECRET.encode(), progressive=True
    )
    return plain + b"a film of the moment, " + SECRET.encode()


def _gif() -> bytes:
    return drawing.saved(drawing.drawing(), "GIF", comment=SECRET.encode())


@pytest.mark.parametrize(("kind", "content"), [("PNG", _png()), ("JPEG", _jpeg()), ("GIF", _gif())])
def test_metadata_leaves_and_pixels_stay(kind: str, content: bytes) -> None:
    """Every pixel is the same; place, name, comment and what follows the end are gone."""
    stripped = bare(kind, content)
    assert SECRET.encode() in content or SECRET.encode("latin-1") in content
    for encoding in ("utf-8", "latin-1"):
        assert SECRET.encode(encoding) not in stripped
    image = drawing.opened(stripped)
    assert image.tobytes() == drawing.opened(content).tobytes()
    assert not image.getexif()
    assert image.info.keys() <= {
        *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"),
        *("version", "background", "transparency", "extension"),
    }


def test_an_animation_keeps_its_frames_and_its_loop() -> None:
    """Of an animated GIF only the notes go."""
    frames = [Image.new("P", (9, 9), n) for n in range(3)]
    content = drawing.saved(
        frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"by Ada"
    )
    image = Image.open(io.BytesIO(bare("GIF", content)))
    assert (getattr(image, "n_frames", 1), image.info["loop"]) == (
        getattr(drawing.opened(content), "n_frames", 1),
        0,
    )
    assert b"by Ada" not in bare("GIF", content)


@pytest.mark.parametrize(("kind", "content"), [("PNG", _png()), ("JPEG", _jpeg()), ("GIF", _gif())])
@pytest.mark.parametrize("length", [0, 9, 15, 700])
def test_a_cut_file_is_refused(kind: str, content: bytes, length: int) -> None:
    """There is an end, or there is an error; never an endless search."""
    with pytest.raises(ValueError, match="not a whole"):
        bare(kind, content[:length])
