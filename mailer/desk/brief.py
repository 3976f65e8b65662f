"""What there is to say about a version when it is frozen: its outline and the findings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.desk.composition import Composition
from mailer.desk.outline import Entry, outline
from mailer.model.finding import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Brief:
    """`summary` is the outline in one line: `intro · 8 items · sign-off`."""

    summary: str
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    def of(self, severity: Severity) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is severity]


def brief_of(composition: Composition) -> Brief:
    issue, _ = composition.complete()
    return Brief(issue.outline(), tuple(outline(issue)), composition.findings)


def to_json(brief: Brief) -> str:
    return json.dumps(dataclasses.asdict(brief), ensure_ascii=False)


def from_json(document: str) -> Brief:
    fields = json.loads(document)
    return Brief(
        fields["summary"],
        tuple(Entry(**entry) for entry in fields["entries"]),
        tuple(_findings(fields["findings"])),
    )


def _findings(documents: Iterable[dict[str, object]]) -> Iterable[Finding]:
    for found in documents:
        severity, where = Severity(str(found["severity"])), Place(**found["where"])  # type: ignore[arg-type]
        yield Finding(**{**found, "severity": severity, "where": where})  # type: ignore[arg-type]
