"""What a refusal means for the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from feedback.reports import dsn, failed, only

from mailer.feedback.classifying.rules import RULES
from mailer.model.report import ReportClass

DOCS = Path(__file__).parents[2] / "docs" / "bounces.md"
AT_RCPT, AT_DATA = "(in reply to RCPT TO command)", "(in reply to end of DATA command)"

SAID = {
    ReportClass.DEAD: [
        ("550 5.1.1 no such user", ""),
        ("550 5.1.6 the mailbox has moved, no forwarding address", ""),
        ("550 5.1.2 bad destination system", ""),
        ("556 this domain accepts no mail at all", ""),
        ("550 Host unknown (name server says NXDOMAIN)", ""),
        ("550 user unknown", AT_RCPT),
        ("550 Adresse inconnue: destinataire introuvable", AT_RCPT),
        ("550 this user doesn't have an example.com account", ""),
        ("the recipient's name is not recognized", ""),
    ],
    ReportClass.FULL: [
        ("552 5.2.2 no room", ""),
        ("550 5.1.1 user is over quota", ""),
        ("450 4.2.2 mailbox full", ""),
        ("550 Das Postfach ist voll", ""),
    ],
    ReportClass.TEMPORARY: [
        ("451 4.3.0 some trouble", ""),
        ("450 4.1.1 user unknown", AT_RCPT),
        ("550 user unknown", AT_DATA),
        ("550 user unknown", ""),
        ("550 5.2.1 this account is disabled", ""),
        ("550 5.1.1 account suspended", AT_RCPT),
        ("554 5.7.1 relaying denied", ""),
        ("554 5.4.6 mail is going in a loop", ""),
        ("550 5.4.4 unexpected answer of a name server", ""),
        ("554 no", ""),
    ],
    ReportClass.BLOCKED: [
        ("554 5.7.1 no reason given", ""),
        ("550 5.1.1 on our blacklist", ""),
        ("550 this looks like spam", AT_DATA),
        ("554 message rejected", ""),
        ("552 5.3.4 message too large", ""),
        ("421 4.7.0 too many connections", ""),
    ],
    ReportClass.OURS: [
        ("550 5.7.26 not authenticated", ""),
        ("550 5.7.1 rejected by the DMARC policy of example.org", ""),
        ("550 5.1.1 SPF check failed, user unknown", AT_RCPT),
        ("554 no PTR record", ""),
        ("550 5.1.8 sender address rejected", ""),
        ("550 5.1.1 your message is not RFC 5322 compliant", ""),
        ("550 5.7.515 access denied", ""),
    ],
}


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [(kind, *each) for kind, every in SAID.items() for each in every],
)
def test_what_was_said_decides(kind: ReportClass, said: str, words: str) -> None:
    """The first digit alone never does, and a dead address is the last thing to be thought of."""
    assert only(dsn(failed(said, ""), words)).kind is kind


def test_the_servers_words_count_more_than_the_status_made_of_them() -> None:
    """Some systems write 5.1.1 whatever was said to RCPT."""
    assert only(dsn(failed("550 5.7.1 address blacklisted", "5.1.1"))).kind is ReportClass.BLOCKED


def test_a_link_is_no_word() -> None:
    """A page about spam may stand beside any refusal, and so may an address."""
    said = "550 5.1.1 spam@example.net unknown, see https://example.net/blocked?policy=spam"
    assert only(dsn(failed(said))).kind is ReportClass.DEAD


def test_the_reporting_systems_own_words_count_where_the_server_says_nothing() -> None:
    """It knows why, though what it quotes does not say it."""
    report = dsn(failed("550 no"), "The address couldn't be found.\n\nThe answer was:\n550 no")
    assert only(report).kind is ReportClass.DEAD


def test_the_documentation_lists_every_rule_in_its_order() -> None:
    """With what it decides."""
    rows = [
        line.split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    names = {rule.name for rule in RULES}
    listed = [(row[1].strip(), row[2].strip(" `")) for row in rows if row[1].strip() in names]
    assert listed == [(rule.name, rule.kind.value) for rule in RULES]
