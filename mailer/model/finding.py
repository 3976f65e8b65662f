"""Findings: what `issue check` has to say about an issue file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # a send refuses
    WARNING = "warning"  # a send goes on


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; line 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with something that the issue names, and how to mend it."""

    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a stable kebab-case name; `message` says what is wrong, `mend` how to mend it."""

    severity: Severity
    rule: str
    where: Place
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.severity}: {self.message}: {self.mend} ({self.rule})"


@dataclass(frozen=True, slots=True)
class Allowance:
    """An editor's word that findings of a rule may stand: all, or those whose message holds
    `about`. `line` is where the issue file says so."""

    rule: str
    about: str
    reason: str
    line: int


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
