"""Pictures that are missing or say nothing."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, PNG, findings, found

from mailer.model.edition import PictureFile, PictureSize
from mailer.model.finding import Fault


def test_missing_pictures_are_errors_with_their_reason() -> None:
    """Known to be missing, or not known at all; wherever a picture may stand."""
    body = (
        "![a](b.png)\n\n## I\n- text ![a](b.png)\n\n> ![a](c.png)\n\n"
        "| ![a](c.png) |\n|--|\n\n[![a](c.png)](https://example.org)"
    )
    context = dataclasses.replace(FINE, missing={"c.png": Fault("is no picture", "save it again")})
    assert found(body, context) == [
        ("error", "picture-missing", line) for line in (4, 7, 9, 11, 14)
    ]
    said = [(finding.message, finding.mend) for finding in findings(body, context)]
    assert said[0][0] == "b.png: is not there"
    assert said[2] == ("c.png: is no picture", "save it again")


def test_a_picture_without_text_is_a_warning() -> None:
    """It stays a warning: a decoration needs none."""
    assert found("## I\n![](a.png)") == [("warning", "picture-alt", 5)]


@pytest.mark.parametrize(
    ("alt", "source", "rules"),
    [
        ("A reef, murky on the left", "a.png", []),
        ("image", "a.png", ["picture-alt-empty"]),
        ("Picture 3", "a.png", ["picture-alt-empty"]),
        ("Abb. 2:", "a.png", ["picture-alt-empty"]),
        ("Изображение", "a.png", ["picture-alt-empty"]),
        ("صورة", "a.png", ["picture-alt-empty"]),
        ("图片 1", "a.png", ["picture-alt-empty"]),
        ("Image of a reef", "a.png", []),
        ("reef.png", "a.png", ["picture-alt-empty"]),
        ("IMG_2041", "images/IMG_2041.png", ["picture-alt-empty"]),
        ("IMG_2041", "a.png", ["picture-alt-empty"]),
        ("reef", "images/reef.png", []),
        ("x" * 150, "a.png", []),
        ("x" * 151, "a.png", ["picture-alt-long"]),
    ],
)
def test_the_text_of_a_picture_says_what_it_shows(alt: str, source: str, rules: list[str]) -> None:
    """Neither a file name, nor a word for any picture, nor a paragraph."""
    context = dataclasses.replace(FINE, pictures={"a.png": PNG, source: PNG})
    assert [f.rule for f in findings(f"## I\n![{alt}]({source})", context)] == rules


@pytest.mark.parametrize(
    ("source", "width", "wide"),
    [
        ("a.png", "10", True),
        ("a.png", "11", False),
        ("a.png", "1%", True),
        ("a.png", "2%", False),
        ("https://example.org/b.png", "90", True),
        ("https://example.org/b.png", "91", False),
        ("https://example.org/c.png", "500", True),
    ],
)
def test_a_picture_has_the_pixels_that_are_asked_for(source: str, width: str, wide: bool) -> None:
    """Nothing is ever enlarged, so it would stand smaller than the editor thinks."""
    remote = {"https://example.org/b.png": PictureSize(90, 60)}
    context = dataclasses.replace(FINE, remote=remote)
    expected = [] if wide else [("warning", "picture-enlarged", 5)]
    assert found(f"## I\n![A reef]({source}){{width={width}}}", context) == expected


@pytest.mark.parametrize("source", ["http://example.org/a.png", "HTTP://example.org/a.png"])
def test_a_picture_on_the_web_is_encrypted(source: str) -> None:
    """Readers whose client refuses the other kind would see a hole."""
    (finding,) = findings(f"## I\n![A reef]({source})")
    assert (finding.severity, finding.rule, finding.where.line) == ("warning", "picture-http", 5)
    assert "write https://" in finding.mend


def picture(name: str, size: int) -> PictureFile:
    return PictureFile(name, "image/png", 10, 10, b"x" * size)


def test_a_heavy_picture_is_named_with_its_bytes() -> None:
    """As readers get it; a light one and one on the web are not."""
    pictures = {"a.png": picture("a", 300_000), "b.png": picture("b", 300_001)}
    context = dataclasses.replace(FINE, pictures=pictures)
    body = "## I\n![A reef](a.png)\n\n![A sky](b.png)\n\n![A sea](https://example.org/c.png)"
    (finding,) = findings(body, context)
    assert (finding.rule, finding.where.line) == ("picture-heavy", 7)
    assert finding.message == "b.png: has 300,001 bytes as readers get it"


def test_all_pictures_together_may_be_heavy() -> None:
    """Each counts once, under however many names."""
    pictures = {f"{n}.png": picture(f"{n}", 250_000) for n in range(4)}
    pictures["again.png"] = pictures["0.png"]
    assert found("## I\nText", dataclasses.replace(FINE, pictures=pictures)) == []
    pictures["5.png"] = picture("5", 1)
    (finding,) = findings("## I\nText", dataclasses.replace(FINE, pictures=pictures))
    assert (finding.rule, finding.where.line) == ("pictures-heavy", 0)
    assert "1,000,001 bytes" in finding.message
