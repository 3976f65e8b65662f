"""The target of a link or picture: which ones an issue may hold, and where a slot may stand."""

from __future__ import annotations

import re

from mailer.composer.parsing.scope import Scope
from mailer.composer.report import Report
from mailer.model.content import Url
from mailer.model.slot import Slot, SlotKind, Slotted

# What a slot may follow: a whole host and the beginning of its path, or a mail address and `?`.
_BEFORE_SLOT = re.compile(r"https?://[^/?#]+[/?#]|mailto:[^?]+\?", re.IGNORECASE)
_ACTIVE = re.compile(r"(?:javascript|vbscript|data|file):", re.IGNORECASE)


def target(href: str, scope: Scope, line: int) -> Url | None:
    """The target written as `href`; None, with a finding, where no reader may get it."""
    if is_active(href, scope.report, line):
        return None
    parts = scope.slots.typed(href, SlotKind.URL, scope.report, line)
    slot = _first_slot(parts)
    if slot and not _BEFORE_SLOT.match(str(parts[0])):
        message = f"{{{{ {slot.name} }}}}: a slot cannot be an address or its host"
        mend = "write the address out and put the slot into its path or query"
        scope.report.add("slot-place", line, message, mend)
    return Url(parts)


def is_active(address: str, report: Report, line: int) -> bool:
    """Whether opening it would run or read something on the reader's side; then an error."""
    found = _ACTIVE.match(address)
    if found:
        report.add("link-scheme", line, f"{found[0]} cannot be mailed", "give an https address")
    return bool(found)


def _first_slot(parts: Slotted) -> Slot | None:
    return next((part for part in parts if isinstance(part, Slot)), None)
