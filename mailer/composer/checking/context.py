"""What a check knows beside the issue."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from mailer.composer.html.theme import Palette, Theme
from mailer.composer.past import Past
from mailer.model.edition import PictureFile, PictureSize
from mailer.model.finding import Fault
from mailer.model.slot import Slotted

CONFIG_FILE = "mailer.toml"  # where the mend of a publication's fault is written


@dataclass(frozen=True, slots=True)
class CheckContext:
    """`pictures`, `remote` and `missing` go by the source that the issue names; `lines` are those
    of the front matter's keys. `publication` is its name, `names` are others of its own.
    `attributes` are those that readers have, `segments` those that there are, None where nobody was
    asked. `html` is the HTML part of the message, `past` what earlier issues had.
    The last three are of the house's style: how it writes something, and what is written for it;
    words that it does not use; whether quotation marks and dashes are looked at."""

    file: str
    theme: Theme
    palette: Palette
    html: Slotted
    has_address: bool
    pictures: Mapping[str, PictureFile] = field(default_factory=dict)
    remote: Mapping[str, PictureSize] = field(default_factory=dict)
    missing: Mapping[str, Fault] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    publication: str = ""
    names: tuple[str, ...] = ()
    attributes: Set[str] | None = None
    segments: Set[str] | None = None
    past: Past = field(default_factory=Past)
    glossary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    banned: tuple[str, ...] = ()
    typography: bool = False
