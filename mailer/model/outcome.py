"""What one SMTP transaction said, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Blame(StrEnum):
    """Whose fault a refusal is; only the recipient's own fails a delivery at once.

    `POLICY`: a policy refused it, one recipient's or one about us; only a row of them tells.
    """

    RECIPIENT = "recipient"
    POLICY = "policy"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply. `code` 0 stands for no reply at all; `text` then says what happened.

    `enhanced` is the RFC 3463 code ("5.1.1") or empty.
    """

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.code, self.enhanced, self.text) if part)


@dataclass(frozen=True, slots=True)
class Sent:
    reply: Reply


@dataclass(frozen=True, slots=True)
class Deferred:
    """A 4xx, or trouble before the final dot: nothing of this copy was accepted."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Rejected:
    """A 5xx, or a copy that cannot be submitted at all (SMTPUTF8 missing, over SIZE)."""

    reply: Reply
    blame: Blame = Blame.RECIPIENT


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The final dot may have been read and no answer came."""

    reply: Reply


Outcome = Sent | Deferred | Rejected | Uncertain
