"""Complaints: feedback reports (RFC 5965), and the form that Microsoft's programme has instead."""

from __future__ import annotations

import re
from email.message import Message

from mailer.feedback.parsing.addresses import addresses, first
from mailer.feedback.parsing.opened import Opened, field
from mailer.model.report import Report, ReportClass

# RFC 5965 §7.3, RFC 6591 §3.1 and RFC 6430; what says that all is well is no complaint.
_AUTHENTICATION = frozenset({"auth-failure", "dmarc"})
_NO_COMPLAINT = frozenset({"not-spam"})
_RECIPIENTS = ("Original-Rcpt-To", "Removal-Recipient", "Original-Recipient", "Redacted-Address")
_MICROSOFT = re.compile(r"^x-hmxmroriginalrecipient:(.*)$", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(r"^to:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


def reports(opened: Opened) -> list[Report] | None:
    """One for each recipient; None where the message is no feedback report."""
    fields = opened.complaint
    if fields is None:
        found = _MICROSOFT.search(opened.returned)
        return None if found is None else [Report(first(found[1]), ReportClass.COMPLAINT)]
    kind = field(fields, "Feedback-Type").lower()
    if kind in _NO_COMPLAINT:
        return []
    meaning = ReportClass.OURS if kind in _AUTHENTICATION else ReportClass.COMPLAINT
    return [Report(each, meaning, text=kind) for each in _recipients(fields, opened.returned)]


def _recipients(fields: Message, returned: str) -> list[str]:
    """As the report names them; else to whom the message was."""
    stated = [str(value) for name in _RECIPIENTS for value in fields.get_all(name, [])]
    found = list(addresses("\n".join(stated)))
    if not found and (to := _TO.search(returned)):
        found = list(addresses(to[1]))
    return found or [""]
