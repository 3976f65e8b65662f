"""One post of a source: a page and a mail are one, a feed and an export hold many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailer.intake.reading.manuscript import Manuscript


@dataclass(frozen=True, slots=True)
class Raw:
    """A source as it was found. `name` is that of its file, or its address; `base` is what
    addresses in it are relative to; `media_type` and `charset` are empty where nobody said them."""

    content: bytes
    name: str
    base: str = ""
    media_type: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """`read` takes the language, empty where it should be told from the text; it may raise
    SourceError. `parts` are pictures that came along, by how the text names them."""

    title: str
    date: dt.date | None
    read: Callable[[str], Manuscript]
    parts: Mapping[str, bytes] = field(default_factory=dict)
