"""What temporary refusals say about pace, as a table."""

from __future__ import annotations

import datetime as dt

import pytest

from mailer.model.outcome import Reply
from mailer.sender.throttle.symptom import Symptom, symptom, told_wait

N, G, D, F, U = (
    *(Symptom.NONE, Symptom.GREYLISTED, Symptom.DOMAIN),
    *(Symptom.TOO_FAST, Symptom.USED_UP),
)

TABLE = [
    (454, "", "Throttling failure: Maximum sending rate exceeded.", F),
    (454, "", "Throttling failure: Daily message quota exceeded.", U),
    (421, "4.7.28", "Our system has detected an unusual rate: slow down", F),
    (450, "4.7.1", "Error: too much mail from 192.0.2.1", F),
    (451, "4.7.1", "You are sending too fast", F),
    (451, "4.7.0", "Hourly sending limit reached", U),
    (450, "4.2.0", "Recipient address rejected: Greylisted, see the page", G),
    (451, "4.7.1", "Graylisting in action, please come back in 00:05:00", G),
    (421, "", "service not available", D),
    (421, "4.4.2", "timeout", D),
    (451, "4.3.0", "local error", D),
    (451, "", "try again later", D),
    (451, "4.7.650", "temporarily rate limited", F),
    (451, "4.2.1", "mailbox busy", N),
    (450, "4.2.1", "the user you are trying to contact gets mail at a rate", N),
    (452, "4.2.2", "mailbox full", N),
    (452, "4.2.2", "over quota", N),
    (452, "4.2.2", "the message quota of this mailbox: message quota exceeded", N),
    (450, "4.2.1", "too many messages for this user, slow down", N),
    (450, "4.1.1", "unverified address", N),
    (454, "4.7.0", "temporary authentication failure", N),
    (550, "5.7.1", "greylisted for ever", N),
    (0, "", "the connection was lost", N),
]


@pytest.mark.parametrize(("code", "enhanced", "text", "expected"), TABLE)
def test_symptom(code: int, enhanced: str, text: str, expected: Symptom) -> None:
    """A mailbox's own trouble slows nobody down but that copy."""
    assert symptom(Reply(code, enhanced, text)) is expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("come back in 00:05:00", 300),
        ("Greylisted for 300 seconds", 300),
        ("try again in 15 minutes, please", 900),
        ("retry after 90s", 90),
        ("not before 12:30:00 UTC", 0),
        ("in 5 years", 0),
        ("try again later", 0),
        ("in 99999 hours", 99999 * 3600),
    ],
)
def test_told_wait(text: str, seconds: int) -> None:
    """Only what is plainly a length of time."""
    assert told_wait(Reply(451, "", text)) == dt.timedelta(seconds=seconds)
