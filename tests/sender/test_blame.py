"""Whose fault a 5xx is, as a table."""

from __future__ import annotations

import pytest

from mailer.model.outcome import Blame, Reply
from mailer.sender.blame import Stage, blame

ALL = tuple(Stage)
AFTER_MAIL = (Stage.RCPT, Stage.DATA, Stage.BODY)
R, O = Blame.RECIPIENT, Blame.OURS  # noqa: E741 - two letters make the table readable

TABLE = [
    # stages, code, enhanced, whose, for example
    (AFTER_MAIL, 550, "", R, "no such user"),
    (AFTER_MAIL, 550, "5.1.1", R, "no such user"),
    (AFTER_MAIL, 551, "5.1.6", R, "has moved"),
    (AFTER_MAIL, 553, "5.1.3", R, "malformed address"),
    (AFTER_MAIL, 556, "5.1.10", R, "the domain takes no mail"),
    (AFTER_MAIL, 550, "5.2.1", R, "mailbox disabled"),
    (AFTER_MAIL, 554, "5.6.0", R, "the content is not taken"),
    ((Stage.RCPT,), 501, "5.5.4", R, "the address is not understood"),
    ((Stage.MAIL,), 550, "", O, "the sender is refused"),
    ((Stage.MAIL,), 550, "5.1.1", O, "the sender is refused"),
    ((Stage.MAIL,), 501, "5.5.4", O, "the sender is not understood"),
    (ALL, 553, "5.1.7", O, "bad sender address"),
    (ALL, 550, "5.1.8", O, "the sender's domain does not exist"),
    (ALL, 552, "", R, "too much mail"),
    (ALL, 552, "5.2.3", R, "too large for the mailbox"),
    (ALL, 554, "5.3.4", R, "too large for the system"),
    (ALL, 552, "5.7.0", O, "blocked for its content"),
    (ALL, 550, "5.7.1", O, "not authorised"),
    (ALL, 554, "5.7.1", O, "relay access denied"),
    (ALL, 550, "5.7.26", O, "DMARC"),
    (ALL, 550, "5.7.515", O, "sender not authenticated"),
    (ALL, 530, "", O, "log in first"),
    (ALL, 535, "5.7.8", O, "wrong login"),
    (ALL, 503, "", O, "bad sequence of commands"),
    (ALL, 554, "5.5.1", O, "no valid recipients"),
    (ALL, 500, "", O, "unknown command"),
    (ALL, 502, "", O, "command not implemented"),
    (ALL, 504, "", O, "parameter not implemented"),
    (ALL, 555, "", O, "unknown MAIL parameter"),
]


@pytest.mark.parametrize(("stages", "code", "enhanced", "whose", "text"), TABLE)
def test_blame(
    stages: tuple[Stage, ...], code: int, enhanced: str, whose: Blame, text: str
) -> None:
    """Only what a recipient's own address or mailbox causes is the recipient's."""
    for stage in stages:
        assert blame(stage, Reply(code, enhanced, text)) is whose, stage
