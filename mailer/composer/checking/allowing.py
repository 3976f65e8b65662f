"""Opt-outs: which findings an editor lets stand, and which opt-outs hide nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailer.composer.report import Report
from mailer.composer.rules import RULES
from mailer.model.finding import Allowance, Finding


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings in the order of the file; `allowed` are those that an opt-out hides."""

    findings: tuple[Finding, ...]
    allowed: tuple[Finding, ...]


def judged(
    findings: Iterable[Finding], allowances: Collection[Allowance], file: str, asked: bool
) -> Judged:
    """`asked` says whether the network was: else an opt-out from what it tells is not unused."""
    found = tuple(findings)
    used = {each for each in allowances if any(_allows(each, finding) for finding in found)}
    allowed = {finding for finding in found if any(_allows(each, finding) for each in used)}
    report = Report(file)
    for each in allowances:
        if each not in used and (asked or not RULES[each.rule].is_asked):
            message = f"allow {each.rule}: nothing is found that it would hide"
            report.add("allow-unused", each.line, message, "remove it")
    left = [finding for finding in (*found, *report.findings()) if finding not in allowed]
    return Judged(_sorted(left), _sorted(allowed))


def _allows(allowance: Allowance, finding: Finding) -> bool:
    return finding.rule == allowance.rule and allowance.about in finding.message


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.where, finding.rule)))
