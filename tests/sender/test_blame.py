"""Whose fault a 5xx is, as a table."""

from __future__ import annotations

import pytest

from mailer.model.outcome import Blame, Reply
from mailer.sender.blame import Stage, blame

ALL = tuple(Stage)
AFTER_MAIL = (Stage.RCPT, Stage.DATA, Stage.BODY)
# Single letters make the table readable.
R, P, O = Blame.RECIPIENT, Blame.POLICY, Blame.OURS  # noqa: E741

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
    ((Stage.MAIL,), 552, "5.7.0", O, "blocked for its content"),
    (AFTER_MAIL, 552, "5.7.0", P, "blocked for its content"),
    ((Stage.MAIL,), 550, "5.7.1", O, "not authorised"),
    (AFTER_MAIL, 550, "5.7.1", P, "recipient address rejected: access denied"),
    (AFTER_MAIL, 554, "5.7.1", P, "relay access denied"),
    (AFTER_MAIL, 550, "5.7.2", P, "a closed mailing list"),
    (AFTER_MAIL, 550, "5.7.606", P, "your address is banned here"),
    (ALL, 550, "5.7.20", O, "no passing DKIM signature"),
    (ALL, 550, "5.7.23", O, "SPF"),
    (ALL, 550, "5.7.25", O, "reverse DNS"),
    (ALL, 550, "5.7.26", O, "DMARC"),
    (ALL, 550, "5.7.27", O, "the sender's domain takes no mail"),
    (ALL, 550, "5.7.509", O, "DMARC"),
    (ALL, 550, "5.7.515", O, "sender not authenticated"),
    (ALL, 550, "5.7.57", O, "client not authenticated"),
    (ALL, 550, "5.7.60", O, "may not send as this sender"),
    (ALL, 550, "5.7.64", O, "may not relay"),
    (ALL, 550, "5.7.8", O, "wrong login"),
    (ALL, 550, "5.7.9", O, "the login is too weak"),
    (ALL, 530, "", O, "log in first"),
    (ALL, 530, "5.7.0", O, "log in first"),
    (ALL, 534, "5.7.1", O, "the login is too weak"),
    (ALL, 538, "5.7.11", O, "encrypt the login"),
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
    """Only what a recipient's own address or mailbox causes is the recipient's, and a policy is
    ours where it is surely about us."""
    for stage in stages:
        assert blame(stage, Reply(code, enhanced, text)) is whose, stage
