"""What came back about a copy, or in answer to one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReportClass(StrEnum):
    """What a report means; docs/bounces.md says how it is told, and what follows."""

    DEAD = "dead"  # nobody has this address
    FULL = "full"  # the mailbox takes nothing more for now
    TEMPORARY = "temporary"  # anything that may pass, or that proves no more
    BLOCKED = "blocked"  # a policy refused this message
    OURS = "ours"  # our fault: authentication, DNS, the sender's address, the message itself
    AUTO_REPLY = "auto-reply"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"  # a robot asks the sender to prove to be a person
    REPLY = "reply"  # written by a person

    @property
    def suppresses(self) -> bool:
        """Whether one such report is enough, once it is proven."""
        return self in (ReportClass.DEAD, ReportClass.COMPLAINT)

    @property
    def is_soft(self) -> bool:
        """Whether some of them together are enough."""
        return self in (ReportClass.FULL, ReportClass.TEMPORARY)


BOUNCES = (  # what says that a copy did not arrive
    ReportClass.DEAD,
    ReportClass.FULL,
    ReportClass.TEMPORARY,
    ReportClass.BLOCKED,
    ReportClass.OURS,
)


@dataclass(frozen=True, slots=True)
class Report:
    """`recipient` is whom it is about as the report says, or for an answer who gives it; `original`
    the address that the copy was sent to, where it says that too.

    `status` is the RFC 3463 code or empty, `text` what was said. Without `final` the reporting
    system still tries.
    """

    recipient: str
    kind: ReportClass
    original: str = ""
    status: str = ""
    text: str = ""
    final: bool = True
