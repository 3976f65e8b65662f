"""Delivery status notifications (RFC 3464): what was told about each recipient."""

from __future__ import annotations

import re
from email.message import Message

from mailer.feedback.notice import Notice
from mailer.feedback.parsing import reply
from mailer.feedback.parsing.addresses import first
from mailer.feedback.parsing.opened import Opened, field
from mailer.feedback.parsing.prose import around

_BAD_NEWS = ("failed", "delayed")
_DELAYED = "delayed"
_RECIPIENTS = ("Final-Recipient", "Original-Recipient", "X-Actual-Recipient")
_TYPE = re.compile(r"^[A-Za-z][\w-]*\s*;\s*")  # before a diagnostic's text
_SPELT = re.compile(r"\\x\{(10[0-9A-F]{4}|[0-9A-F]{2,5})\}", re.IGNORECASE)


def notices(opened: Opened) -> list[Notice]:
    """One for each recipient that the report has bad news about, whether its address can be read
    or not."""
    found = [(group, _recipient(group)) for group in opened.groups if _names(group)]
    people = [recipient for _, recipient in found if recipient]
    return [
        _notice(group, recipient, around(opened.words, recipient, people))
        for group, recipient in found
        if _action(group) in _BAD_NEWS
    ]


def ends_well(opened: Opened) -> bool:
    """Whether it reports that a copy arrived, or went on to where nobody reports."""
    actions = {_action(group) for group in opened.groups if _names(group)}
    return bool(actions) and actions.isdisjoint(_BAD_NEWS)


def _names(group: Message) -> bool:
    """Whether it is about a recipient, as all groups but the first are."""
    return any(name in group for name in _RECIPIENTS)


def _recipient(group: Message) -> str:
    return next(filter(None, (_address(group, name) for name in _RECIPIENTS)), "")


def _address(group: Message, name: str) -> str:
    """What a field names; letters that are not ASCII may be spelt as `\\x{E9}` (RFC 6533 §3)."""
    return first(_SPELT.sub(lambda letter: chr(int(letter[1], 16)), field(group, name)))


def _action(group: Message) -> str:
    """Where there is none, the class of its status tells (§2.3.4)."""
    words = field(group, "Action").lower().split()
    if words:
        return words[0].strip(";,.()")
    return _BAD_NEWS[0] if reply.status(field(group, "Status")) else ""


def _notice(group: Message, recipient: str, context: str) -> Notice:
    """The server's own reply says more than the status that the reporting system made of it; a
    system that has no field for it quotes it in words."""
    words = _TYPE.sub("", field(group, "Diagnostic-Code"), count=1)
    if not words and reply.code(context):
        words = reply.at_the_refusal(context).partition("\n\n")[0]
    return Notice(
        recipient=recipient,
        original=_address(group, "Original-Recipient"),
        status=reply.status(words) or reply.status(field(group, "Status")),
        code=reply.code(words),
        text=words,
        comment=reply.without_replies(context),
        said=reply.said(f"{words}\n{context}"),
        final=_action(group) != _DELAYED,
    )
