"""The reference digest: twelve items, two sections, six pictures, as one publication sends it."""

from __future__ import annotations

import dataclasses
import hashlib
from functools import cache
from pathlib import Path

import theming

from mailer.composer.frame import Frame
from mailer.model.edition import PictureFile
from mailer.model.issue import Issue

# As they leave the picture pipeline: twice the widest column of our themes.
SIZES = {
    "lowland": (1120, 630),
    "night-tracks": (1120, 420),
    "isobar": (1120, 700),
    "radar-attic": (1120, 560),
    "roof-snow": (1120, 600),
    "hachures": (1120, 640),
}


def _picture(name: str, size: tuple[int, int]) -> PictureFile:
    """A name as long as that of a picture of ours, and no content: only its size counts here."""
    digits = hashlib.sha256(name.encode()).hexdigest()[:20]
    return PictureFile(f"{digits}.png", "image/png", *size, b"")


PICTURES = {f"images/{name}.png": _picture(name, size) for name, size in SIZES.items()}
FRAME = Frame(
    publication="Open Maps & Weather",
    sender="Open Maps & Weather <editor@example.org>",
    reply_to="editor@example.org",
    address="12 Example Street, 10115 Berlin, Germany",
    base="https://news.example.org",
    tagline="Tools and data of the month",
    pictures=PICTURES,
)


@cache
def issue() -> Issue:
    return theming.issue_of(Path(__file__).parent / "digest.md")


def without_items(whole: Issue) -> Issue:
    return dataclasses.replace(whole, entries=())
