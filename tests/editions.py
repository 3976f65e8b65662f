"""Every issue that the themes are tried on, composed in every theme."""

from __future__ import annotations

import dataclasses
from functools import cache

import theming
from peers import reference
from PIL import Image

from mailer.composer.compose import compose
from mailer.composer.frame import Frame
from mailer.model.edition import Edition, PictureFile
from mailer.model.issue import Issue

ISSUES = ("everything", "arabic", "2020-10", "2021-01", "reference")
_LOOKS = {"2020-10": theming.WARM, "2021-01": theming.COOL}


@cache
def edition(theme: str, name: str) -> Edition:
    return compose(issue(name), theming.theme_named(theme), frame(name))


@cache
def issue(name: str) -> Issue:
    if name == "reference":
        return reference.issue()
    own = theming.GOLDEN / f"{name}.md"
    return theming.issue_of(own if own.exists() else theming.EXAMPLES / "issues" / f"{name}.md")


def frame(name: str) -> Frame:
    if name == "reference":
        return reference.FRAME
    if name not in _LOOKS:
        return theming.frame()
    return dataclasses.replace(theming.frame(_LOOKS[name]), pictures=_example_pictures())


def pictures() -> list[PictureFile]:
    """Those of all issues."""
    shelves = (_example_pictures(), theming.PICTURES, reference.PICTURES)
    return [picture for shelf in shelves for picture in shelf.values()]


@cache
def _example_pictures() -> dict[str, PictureFile]:
    found = {}
    for path in (theming.EXAMPLES / "images").rglob("*.png"):
        with Image.open(path) as image:
            size = image.size
        source = path.relative_to(theming.EXAMPLES).as_posix()
        found[source] = PictureFile(path.name, "image/png", *size, path.read_bytes())
    return found
