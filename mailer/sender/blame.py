"""Whose fault is a 5xx? A pure function: only a recipient's own fails a delivery at once."""

from __future__ import annotations

from enum import StrEnum

from mailer.model.codes import POLICY_ON_US, SENDER_OR_COMMANDS
from mailer.model.outcome import Blame, Reply


class Stage(StrEnum):
    """Where in a transaction a reply came; the value is how a person reads it."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "the message"
    RSET = "RSET"
    QUIT = "QUIT"


# 552 is kept for "too much", whether of this message or of that mailbox (RFC 5321 §4.2.3).
_TOO_LARGE_CODES = frozenset({552})
_TOO_LARGE = frozenset({"5.2.3", "5.3.4"})

# Commands that it does not know or expect (500, 502, 503, 504, 555: RFC 5321 §4.2.3) and logins
# (530, 534, 535, 538: RFC 4954 §6). 501 is not here: at RCPT it is a malformed address.
_OUR_CODES = frozenset({500, 502, 503, 504, 530, 534, 535, 538, 555})


def blame(stage: Stage, reply: Reply) -> Blame:
    """Whose fault a 5xx `reply` at `stage` is (RFC 3463 §3)."""
    if reply.enhanced.startswith("5.7."):
        return _policy(stage, reply)
    if reply.code in _TOO_LARGE_CODES or reply.enhanced in _TOO_LARGE:
        return Blame.RECIPIENT
    if reply.code in _OUR_CODES or reply.enhanced in SENDER_OR_COMMANDS:
        return Blame.OURS
    return Blame.OURS if stage is Stage.MAIL else Blame.RECIPIENT


def _policy(stage: Stage, reply: Reply) -> Blame:
    """5.7.x is security and policy: at MAIL there is nobody yet whom it could be about but us."""
    about_us = reply.code in _OUR_CODES or reply.enhanced in POLICY_ON_US
    return Blame.OURS if about_us or stage is Stage.MAIL else Blame.POLICY
