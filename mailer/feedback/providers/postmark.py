"""Postmark's webhooks of bounces and spam complaints (postmarkapp.com: "Bounce webhook", "Spam
complaint webhook", "Bounce types")."""

from __future__ import annotations

from dataclasses import replace

from mailer.feedback.classifying.classify import rule_for
from mailer.feedback.notice import Notice
from mailer.feedback.parsing.opened import Opened
from mailer.feedback.parsing.own import Marks
from mailer.feedback.parsing.parse import Returned
from mailer.feedback.parsing.prose import about
from mailer.feedback.providers.fields import Fields, text
from mailer.model.report import Report, ReportClass

# Where Postmark's type leaves open whose fault it was, what the server said decides.
_BY_WORDS = {
    "HardBounce": ReportClass.DEAD,
    "SoftBounce": ReportClass.TEMPORARY,
    "Transient": ReportClass.TEMPORARY,
}
_BY_TYPE = {
    "BadEmailAddress": ReportClass.DEAD,
    "SpamComplaint": ReportClass.COMPLAINT,
    "Blocked": ReportClass.BLOCKED,
    "SpamNotification": ReportClass.BLOCKED,
    "VirusNotification": ReportClass.BLOCKED,
    "DMARCPolicy": ReportClass.OURS,
    "DnsError": ReportClass.TEMPORARY,
    "AutoResponder": ReportClass.AUTO_REPLY,
    "AddressChange": ReportClass.AUTO_REPLY,
    "ChallengeVerification": ReportClass.CHALLENGE,
}


def returned(event: Fields, marks: Marks) -> Returned:
    """Empty for records of another kind, and for types that say nothing of an address."""
    if text(event, "RecordType") not in ("Bounce", "SpamComplaint"):
        return Returned(())
    kind, said = text(event, "Type"), text(event, "Details")
    notice = replace(about(text(event, "Email"), said), comment=text(event, "Description"))
    meaning = _meaning(kind, notice)
    if meaning is None:
        return Returned(())
    report = Report(notice.recipient, meaning, status=notice.status, text=said or kind)
    mark = marks.found(Opened(text(event, "Content").encode()), "")
    return Returned((report,), mark, message_id=f"postmark {event.get('ID')}")


def _meaning(kind: str, notice: Notice) -> ReportClass | None:
    if kind not in _BY_WORDS:
        return _BY_TYPE.get(kind)
    rule = rule_for(notice)
    found = _BY_WORDS[kind] if rule is None else rule.kind
    soft = _BY_WORDS[kind] is ReportClass.TEMPORARY
    return ReportClass.TEMPORARY if soft and found is ReportClass.DEAD else found
