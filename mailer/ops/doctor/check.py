"""One thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailer.model.dns_record import DnsRecord


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"  # mail goes out, and some of it may not arrive
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """`says` is one line: what is so and, unless it is well, how to mend it. `record` is what DNS
    should hold."""

    name: str
    verdict: Verdict
    says: str
    record: DnsRecord | None = None


def ok(name: str, says: str) -> Check:
    return Check(name, Verdict.OK, says)


def warning(name: str, says: str, record: DnsRecord | None = None) -> Check:
    return Check(name, Verdict.WARNING, says, record)


def fault(name: str, says: str, record: DnsRecord | None = None) -> Check:
    return Check(name, Verdict.FAULT, says, record)
