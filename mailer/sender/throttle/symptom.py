"""What a temporary refusal says about pace: whom it asks to slow down."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum, auto

from mailer.model.outcome import Reply


class Symptom(Enum):
    NONE = auto()  # it is about this recipient alone
    GREYLISTED = auto()  # this copy is to come again; others are not affected
    DOMAIN = auto()  # the recipients' domain takes no more for now
    TOO_FAST = auto()  # the relay takes fewer a second than we send
    USED_UP = auto()  # the relay's quota of the day or the hour is


_GREYLISTED = re.compile(r"gr[ae]y-?\s?list", re.IGNORECASE)

# Amazon: "454 Throttling failure: Maximum sending rate exceeded", "… Daily message quota exceeded".
# Others say it in their own words; only what names a rate or a quota of ours is taken for one.
_USED_UP = re.compile(
    r"(daily|hourly|monthly|sending|message) (message |sending )?(quota|limit|allowance)"
    r"[^.;]*(exceed|reach|used up)",
    re.IGNORECASE,
)
_TOO_FAST = re.compile(
    r"throttl|sending rate|rate.?limit|too (fast|much mail)|slow down|too many messages",
    re.IGNORECASE,
)

# 4.1.x an address, 4.2.x its mailbox, which has quotas and rates of its own; 4.3.x a system, 4.4.x
# the way to it, 4.7.x a policy (RFC 3463 §3).
_THE_RECIPIENT = ("4.1.", "4.2.")
_NOT_THE_RECIPIENT = ("4.3.", "4.4.", "4.7.")

_CLOCK = re.compile(r"\b(?:in|after)\s+(\d{1,2}):([0-5]\d):([0-5]\d)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(?:in|after|for|within)\s+(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.IGNORECASE,
)
_UNITS = {"s": 1, "m": 60, "h": 3600}


def symptom(reply: Reply) -> Symptom:
    """What a 4xx says; of no reply at all, and of any other, `NONE`."""
    if reply.code // 100 != 4:
        return Symptom.NONE
    if _GREYLISTED.search(reply.text):
        return Symptom.GREYLISTED
    if reply.enhanced.startswith(_THE_RECIPIENT):
        return Symptom.NONE
    if _USED_UP.search(reply.text):
        return Symptom.USED_UP
    if _TOO_FAST.search(reply.text):
        return Symptom.TOO_FAST
    about_more = not reply.enhanced or reply.enhanced.startswith(_NOT_THE_RECIPIENT)
    if reply.code in (421, 451) and about_more:
        return Symptom.DOMAIN
    return Symptom.NONE


def told_wait(reply: Reply) -> dt.timedelta:
    """How long a reply asks to wait ("come back in 00:05:00", "try again in 300 seconds"); nothing
    where it names no time. Dates and odd numbers are passed over."""
    clock = _CLOCK.search(reply.text)
    if clock is not None:
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    number = _NUMBER.search(reply.text)
    if number is None:
        return dt.timedelta(0)
    return dt.timedelta(seconds=int(number[1]) * _UNITS[number[2][0].lower()])
