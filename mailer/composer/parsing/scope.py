"""What reading any part of an issue file needs to know of the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.composer.parsing.footnotes import Footnotes
from mailer.composer.parsing.slots import Slots
from mailer.composer.report import Report


@dataclass(frozen=True, slots=True)
class Scope:
    report: Report
    slots: Slots
    footnotes: Footnotes
