"""The findings about one file, gathered while it is read."""

from __future__ import annotations

from mailer.composer.rules import RULES
from mailer.model.finding import Finding, Place


class Report:
    """Collects findings about `file`."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._findings: dict[Finding, None] = {}

    def add(self, rule: str, line: int, message: str, mend: str, file: str = "") -> None:
        """A finding of one of RULES, which sets its severity; `line` 0 is the file as a whole.
        `file` is another one than the report's, where it is mended there."""
        where = Place(file or self._file, line)
        self._findings[Finding(RULES[rule].severity, rule, where, message, mend)] = None

    def findings(self) -> tuple[Finding, ...]:
        """Every finding once, in the order of the file."""
        return tuple(sorted(self._findings, key=lambda finding: finding.where))
