"""What an import came to, in two ways of counting that both give every row of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from subscribers.admission import Case
from subscribers.model import SubscriptionStatus, SuppressionReason


class Stand(StrEnum):
    """How somebody stands with the list when an import is over."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class RowError:
    """`row` counts as a spreadsheet does: the header is row 1. `file` is one of an archive's, else
    empty."""

    row: int
    message: str
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.file}: " if self.file else ""
        return f"{where}row {self.row}: {self.message}"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table was taken for; `place` is its file in an archive, else empty. `behind` are the
    columns of which nothing was kept."""

    file: str
    place: str
    title: str
    kind: str
    attributes: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the first people of a table, as they would arrive."""

    email: str
    stand: Stand
    attributes: Mapping[str, str]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """read = added + updated + unchanged + skipped + bad
            = confirmed + pending + unsubscribed + suppressed + left out + bad, always.

    `skipped` are unsubscribed or suppressed people, who stay as they are, and those left out:
    `never`, who were no subscribers, and `repeated`, rows about somebody of whom a later row
    tells too. `errors` are the first of the bad rows. `passed_over` are
    the files of an archive of which nothing was read. `typos` counts the addresses of domains
    that look mistyped.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    bad: int = 0
    never: int = 0
    repeated: int = 0
    stands: Mapping[Stand, int] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    passed_over: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    typos: Mapping[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        return self.never + self.repeated


def stand(case: Case) -> Stand:
    """After the import."""
    suppressed, status = case.after.suppressed, case.after.status
    if suppressed not in (None, SuppressionReason.UNSUBSCRIBED):
        return Stand.SUPPRESSED
    if suppressed is not None or status is SubscriptionStatus.UNSUBSCRIBED:
        return Stand.UNSUBSCRIBED
    return Stand.CONFIRMED if status is SubscriptionStatus.CONFIRMED else Stand.PENDING
