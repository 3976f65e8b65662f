"""Pictures are found where the editor names them, made fit, and refused where they cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from mailer.fetch import Fetcher
from mailer.intake import pictures
from mailer.intake.remote import RemotePictures
from mailer.model.content import Picture, Width
from mailer.premises import utc_now


def no_network(host: str, port: int) -> list[str]:
    raise OSError("asleep")


ASLEEP = Fetcher("tests", resolve=no_network)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A publication with one picture in images/ and another beside the issue."""
    for name in ("news/images/a.png", "news/issues/b.jpg", "outside.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), "teal").save(path)
    return tmp_path / "news"


def gather(folder: Path, *sources: str | Picture) -> pictures.Gallery:
    named = [Picture(s, "", "", 1) if isinstance(s, str) else s for s in sources]
    shelf = pictures.Shelf(folder / "issues" / "2021-01.md", folder, 560)
    return pictures.gather(named, shelf, RemotePictures(ASLEEP, folder / pictures.CACHE, utc_now))


@pytest.mark.parametrize("source", ["images/a.png", "../images/a.png", "b.jpg", "images%2Fa.png"])
def test_a_path_is_relative_to_the_file_then_to_the_publication(folder: Path, source: str) -> None:
    """Both ways of writing it are found and measured."""
    found = gather(folder, source).files[source]
    assert (found.width, found.height) == (40, 30)
    assert found.media_type in ("image/png", "image/jpeg")


def test_the_name_of_a_picture_is_its_content(folder: Path) -> None:
    """The same picture under two names is one file; another content has another name."""
    (folder / "images" / "copy.png").write_bytes((folder / "images" / "a.png").read_bytes())
    Image.new("RGB", (40, 30), "navy").save(folder / "images" / "c.png")
    found = gather(folder, "images/a.png", "images/copy.png", "images/c.png").files
    assert found["images/a.png"].name == found["images/copy.png"].name
    assert found["images/a.png"].name != found["images/c.png"].name


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("images/none.png", "is not there"),
        ("../../outside.png", "lies outside the publication"),
        ("https://example.org/a.png", "cannot be fetched: asleep"),
        ("ftp://example.org/a.png", "cannot be shown"),
        ("//example.org/a.png", "cannot be shown"),
        ("data:image/png;base64,AAAA", "cannot be shown"),
        ("images/text.png", "is no picture"),
        ("images/cut.png", "cannot be read"),
        ("images/empty.png", "is empty"),
        ("images/huge.png", "has 30,000,001 bytes"),
        ("images", "is not there"),
    ],
)
def test_a_picture_that_cannot_work_is_named_with_its_fault(
    folder: Path, source: str, fault: str
) -> None:
    """Each in words that end a sentence about it."""
    (folder / "images" / "text.png").write_text("no picture", encoding="utf-8")
    whole = (folder / "images" / "a.png").read_bytes()
    (folder / "images" / "cut.png").write_bytes(whole[:-30])
    (folder / "images" / "empty.png").touch()
    with (folder / "images" / "huge.png").open("wb") as huge:
        huge.truncate(30_000_001)
    gallery = gather(folder, source)
    assert gallery.files == {}
    assert fault in gallery.faults[source].message
    assert gallery.faults[source].mend


def test_a_wrong_suffix_does_no_harm(folder: Path) -> None:
    """The content decides; the file leaves under a name that fits it."""
    (folder / "images" / "a.jpg").write_bytes((folder / "images" / "a.png").read_bytes())
    assert gather(folder, "images/a.jpg").files["images/a.jpg"].name.endswith(".png")


def test_a_picture_is_as_large_as_the_widest_place_where_it_stands(folder: Path) -> None:
    """One file for all of them; the whole column where one of them asks for no width."""
    Image.new("RGB", (1200, 900), "teal").save(folder / "images" / "wide.png")
    small, half, whole = (
        Picture("images/wide.png", "", "", 1, width)
        for width in (Width(100, "px"), Width(50, "%"), None)
    )
    for places, width in (([small], 200), ([small, half], 560), ([half, whole, small], 1200)):
        assert gather(folder, *places).files["images/wide.png"].width == width


def test_a_still_is_marked_where_it_is_nothing_else(folder: Path) -> None:
    still = Picture("images/a.png", "", "", 1, is_still=True)
    plain = gather(folder, "images/a.png").files
    assert gather(folder, still).files != plain
    assert gather(folder, still, "images/a.png").files == plain


def test_a_picture_is_worked_on_once(folder: Path) -> None:
    """The second time comes from the cache, and the cache may be deleted."""
    first = gather(folder, "images/a.png")
    kept = list((folder / ".cache" / "pictures").iterdir())
    assert gather(folder, "images/a.png") == first
    assert list((folder / ".cache" / "pictures").iterdir()) == kept
    kept[0].unlink()
    assert gather(folder, "images/a.png") == first
