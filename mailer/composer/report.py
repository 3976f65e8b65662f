"""The findings about one file, gathered while it is read."""

from __future__ import annotations

from mailer.model.finding import Finding, Place, Severity


class Report:
    """Collects findings about `file`; `line` 0 means the file as a whole."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._findings: dict[Finding, None] = {}

    def error(self, rule: str, line: int, message: str) -> None:
        self._add(Severity.ERROR, rule, line, message)

    def warning(self, rule: str, line: int, message: str) -> None:
        self._add(Severity.WARNING, rule, line, message)

    def findings(self) -> tuple[Finding, ...]:
        """Every finding once, in the order of the file."""
        return tuple(sorted(self._findings, key=lambda finding: finding.where))

    def _add(self, severity: Severity, rule: str, line: int, message: str) -> None:
        self._findings[Finding(severity, rule, Place(self._file, line), message)] = None
