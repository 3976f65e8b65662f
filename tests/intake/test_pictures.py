"""Pictures are found where the editor names them, measured, and refused where they cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from mailer.intake import pictures
from mailer.model.content import Picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A publication with one picture in images/ and another beside the issue."""
    for name in ("news/images/a.png", "news/issues/b.jpg", "outside.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), "teal").save(path)
    return tmp_path / "news"


def gather(folder: Path, *sources: str) -> pictures.Gallery:
    named = [Picture(source, "", "", 1) for source in sources]
    return pictures.gather(named, folder / "issues" / "2021-01.md", folder)


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
        ("https://example.org/a.png", "is on the web"),
        ("//example.org/a.png", "is on the web"),
        ("data:image/png;base64,AAAA", "is on the web"),
        ("images/text.png", "is no picture"),
        ("images/cut.png", "cannot be read"),
        ("images/x.webp", "is WEBP, which mail clients do not all show"),
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
    Image.new("RGB", (4, 3)).save(folder / "images" / "x.webp")
    gallery = gather(folder, source)
    assert gallery.files == {}
    assert fault in gallery.faults[source]
