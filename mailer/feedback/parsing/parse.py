"""bytes → what came back. Our own token first, since nothing beats it; then the forms that
standards give (RFC 3464, RFC 5965); then words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailer.feedback.classifying.classify import classify
from mailer.feedback.notice import Notice
from mailer.feedback.parsing import answers, arf, dsn, prose, reply
from mailer.feedback.parsing.addresses import first, is_machine
from mailer.feedback.parsing.opened import Opened
from mailer.feedback.parsing.own import NO_MARK, Mark, Marks
from mailer.model.report import Report, ReportClass

_SHOWN = 500  # characters of what was said that are kept

# The subjects that mail systems give their reports, in the languages in which many come; people
# answer to them.
_SUBJECT = re.compile(
    r"(?!(?:re|aw|fwd?):).*(?:"
    r"undeliver|failure notice|delivery (?:status|failure|report|problem|error|notification)"
    r"|(?:mail|message|delivery) (?:delivery )?(?:fail|system error|error)"
    r"|returned (?:e?mail|message)"
    r"|(?:failed|failure) (?:delivery|notice)|not (?:be )?delivered|non[- ]?delivery|non[- ]remis"
    r"|could not be delivered|unable to deliver|error sending your mail|delayed mail"
    r"|message .{0,60}delayed|unzustellbar|nicht zustellbar|zustellung|недостав|не доставлен).*",
    re.IGNORECASE | re.DOTALL,
)
_MACHINE_NAMES = re.compile(
    r"mailer-daemon|mail delivery (?:sub)?system|^postmaster|mail administrator", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What one message reports, and the mark of the copy that it is about. `wants_out` is whether a
    person asks in it to be removed; `message_id` that of the message itself."""

    reports: tuple[Report, ...]
    mark: Mark = NO_MARK
    wants_out: bool = False
    subject: str = ""
    message_id: str = ""


def parse(source: bytes, marks: Marks, to: str = "") -> Returned:
    """`to` is the address that the message was delivered to, where whoever brings it knows it."""
    opened = Opened(source)
    reports = tuple(_reports(opened))
    subject = opened.header("Subject")
    is_reply = any(report.kind is ReportClass.REPLY for report in reports)
    wants_out = is_reply and answers.wants_out(subject, opened.words)
    message_id = opened.header("Message-ID")
    return Returned(reports, marks.found(opened, to), wants_out, subject, message_id)


def _reports(opened: Opened) -> list[Report]:
    complaints = arf.reports(opened)
    if complaints is not None:
        return complaints
    told = dsn.notices(opened)
    if any(notice.recipient for notice in told):
        return [_judged(notice) for notice in told]
    if dsn.ends_well(opened):
        return []
    if told or (_is_report(opened) and not answers.is_answer(opened)):
        found = _named(told, prose.notices(opened)) or [prose.about("", opened.words)]
        return [_judged(notice) for notice in found]
    return [answers.read(opened)]


def _named(told: list[Notice], in_words: list[Notice]) -> list[Notice]:
    """A notification that names nobody in a way that can be read, and the words beside it."""
    if len(told) == len(in_words) == 1:
        return [replace(told[0], recipient=in_words[0].recipient)]
    return in_words or told


def _is_report(opened: Opened) -> bool:
    """Whether a mail system wrote it about a message, in whatever form."""
    sender = opened.header("From")
    return bool(
        opened.kind == "delivery-status"
        or opened.header("X-Failed-Recipients")
        or opened.header("Return-Path") == "<>"
        or sender.strip() in ("", "<>")
        or _MACHINE_NAMES.search(sender)
        or is_machine(first(sender))
        or _SUBJECT.fullmatch(opened.header("Subject"))
    )


def _judged(notice: Notice) -> Report:
    said = " ".join(reply.at_the_refusal(notice.text).split())
    return Report(
        notice.recipient,
        classify(notice),
        notice.original,
        notice.status,
        said[:_SHOWN],
        notice.final,
    )
