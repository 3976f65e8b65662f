"""Amazon SES: its notifications and event records of bounces and complaints
(docs.aws.amazon.com/ses: "Amazon SNS notification contents", "Event record contents")."""

from __future__ import annotations

from dataclasses import replace

from mailer.feedback.classifying.classify import classify
from mailer.feedback.parsing.own import Marks
from mailer.feedback.parsing.parse import Returned
from mailer.feedback.parsing.prose import about
from mailer.feedback.providers.fields import Fields, each, inner, text
from mailer.message.verp import HEADER
from mailer.model.report import Report, ReportClass

# Subtypes that say what no reply of a server says: SES itself knows the address as dead.
_DEAD = frozenset({"NoEmail", "Suppressed", "OnAccountSuppressionList"})
_FULL = frozenset({"MailboxFull"})
_BLOCKED = frozenset({"ContentRejected", "AttachmentRejected", "MessageTooLarge"})


def returned(event: Fields, marks: Marks) -> Returned:
    """Empty for events that are neither, such as deliveries."""
    kind = text(event, "notificationType") or text(event, "eventType")
    if kind == "Bounce":
        told = inner(event, "bounce")
        reports = [_bounce(told, one) for one in each(told, "bouncedRecipients")]
    elif kind == "Complaint":
        told = inner(event, "complaint")
        reports = [_complaint(told, one) for one in each(told, "complainedRecipients")]
    else:
        return Returned(())
    mail = inner(event, "mail")
    mark = marks.stated(text(mail, "source"), _token(mail))
    return Returned(tuple(reports), mark, message_id=text(told, "feedbackId"))


def _token(mail: Fields) -> str:
    fields = each(mail, "headers")
    found = (text(f, "value") for f in fields if text(f, "name").lower() == HEADER.lower())
    return next(found, "")


def _bounce(told: Fields, recipient: Fields) -> Report:
    said = text(recipient, "diagnosticCode").removeprefix("smtp; ")
    notice = about(text(recipient, "emailAddress"), said)
    notice = replace(notice, status=notice.status or text(recipient, "status"))
    subtype = text(told, "bounceSubType")
    kind = classify(notice)
    if text(told, "bounceType") == "Permanent" and subtype in _DEAD:
        kind = ReportClass.DEAD
    elif subtype in _FULL:
        kind = ReportClass.FULL
    elif subtype in _BLOCKED:
        kind = ReportClass.BLOCKED
    elif text(told, "bounceType") == "Transient" and kind is ReportClass.DEAD:
        kind = ReportClass.TEMPORARY
    return Report(notice.recipient, kind, status=notice.status, text=said or subtype)


def _complaint(told: Fields, recipient: Fields) -> Report:
    kind = text(told, "complaintFeedbackType")
    if kind == "not-spam":
        return Report(text(recipient, "emailAddress"), ReportClass.AUTO_REPLY, text=kind)
    return Report(text(recipient, "emailAddress"), ReportClass.COMPLAINT, text=kind)
