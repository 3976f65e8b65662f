"""Delivery status notifications (RFC 3464): what was told about each recipient."""

from __future__ import annotations

from email.message import Message

from mailer.feedback.notice import Notice
from mailer.feedback.parsing import reply
from mailer.feedback.parsing.addresses import first
from mailer.feedback.parsing.opened import Opened, field
from mailer.feedback.parsing.prose import around

_BAD_NEWS = ("failed", "delayed")
_DELAYED = "delayed"


def notices(opened: Opened) -> list[Notice]:
    """One for each recipient that the report has bad news about."""
    found = [(group, _recipient(group)) for group in opened.groups]
    people = [recipient for _, recipient in found if recipient]
    return [
        _notice(group, recipient, around(opened.words, recipient, people))
        for group, recipient in found
        if recipient and _action(group) in _BAD_NEWS
    ]


def ends_well(opened: Opened) -> bool:
    """Whether it reports that a copy arrived, or went on to where nobody reports."""
    actions = {_action(group) for group in opened.groups if _recipient(group)}
    return bool(actions) and actions.isdisjoint(_BAD_NEWS)


def envelope_id(opened: Opened) -> str:
    """What we gave as ENVID (RFC 3464 §2.2.1)."""
    return next(filter(None, (field(g, "Original-Envelope-Id") for g in opened.groups)), "")


def _recipient(group: Message) -> str:
    names = ("Final-Recipient", "Original-Recipient", "X-Actual-Recipient")
    return next(filter(None, (first(field(group, name)) for name in names)), "")


def _action(group: Message) -> str:
    """Where there is none, the class of its status tells (§2.3.4)."""
    words = field(group, "Action").lower().split()
    if words:
        return words[0].strip(";,.()")
    return _BAD_NEWS[0] if reply.status(field(group, "Status")) else ""


def _notice(group: Message, recipient: str, context: str) -> Notice:
    """The server's own reply says more than the status that the reporting system made of it."""
    diagnostic = field(group, "Diagnostic-Code").partition(";")
    words = (diagnostic[2] if diagnostic[1] else diagnostic[0]).strip()
    return Notice(
        recipient=recipient,
        original=first(field(group, "Original-Recipient")),
        status=reply.status(words) or reply.status(field(group, "Status")),
        code=reply.code(words),
        text=words,
        comment=reply.without_replies(context),
        said=reply.said(f"{words}\n{context}"),
        final=_action(group) != _DELAYED,
    )
