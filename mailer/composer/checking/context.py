"""What a check knows beside the issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.model.edition import PictureFile
from mailer.model.finding import Fault
from mailer.model.slot import Slotted


@dataclass(frozen=True, slots=True)
class CheckContext:
    """`pictures` and `missing` go by the source that the issue names; `html` is the HTML part of
    the message, empty before composing."""

    file: str
    pictures: Mapping[str, PictureFile]
    missing: Mapping[str, Fault]
    has_address: bool
    html: Slotted = ()
