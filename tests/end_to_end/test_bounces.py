"""What comes back to a worker's own door, as a mail server brings it."""

from __future__ import annotations

import email
import smtplib

import pytest
from feedback.reports import dsn, failed
from program import Program, free_port, running, until
from slowly import EDITOR, JANUARY, Slow

from mailer.app import open_app
from mailer.message.verp import HEADER
from subscribers.model import SuppressionReason

BOUNCES = "bounces@news.example.org"
INBOX = "inbox-k7@news.example.org"
FOUND = "From: Ann <ann@example.org>\nSubject: mT5\n\nRead http://127.0.0.1/mt5 by Monday.\n"
LETTER = "From: ann@example.org\nSubject: Re: January\n\nThank you for the second item.\n"


@pytest.mark.slow
def test_a_worker_takes_in_what_a_server_brings(news: Program, slow: Slow) -> None:
    """A bounce of a sent copy suppresses its reader; a reader's letter goes to the editor; what a
    colleague found is in the inbox, though its page may not be read."""
    port = free_port()
    with (news.folder / "mailer.toml").open("a", encoding="utf-8") as toml:
        toml.write(f'[bounces]\naddress = "{BOUNCES}"\nlisten = "lmtp://127.0.0.1:{port}"\n')
        toml.write(f'[inbox]\naddress = "{INBOX}"\nfrom = ["ann@example.org"]\n')
    news.ok("send", JANUARY, "--yes")
    copy = next(m for m in slow.messages if m.recipients[0].startswith("reader"))
    [reader], token = copy.recipients, email.message_from_bytes(copy.content)[HEADER]
    report = dsn(failed("550 5.1.1 nobody", recipient=reader), copy="Subject: January\n")
    with running(news.start("worker")) as worker:
        assert worker.stderr is not None
        until(lambda: "listens for mail" in worker.stderr.readline())
        with smtplib.LMTP("127.0.0.1", port) as door:
            door.sendmail("", [f"bounces+{token}@news.example.org"], report)
            door.sendmail("ann@example.org", [BOUNCES], LETTER)
            door.sendmail("ann@example.org", [INBOX], FOUND)
        until(lambda: slow.addresses.count(EDITOR) == 2)
    [suppression] = open_app(news.folder).store.show(reader).suppressions
    assert (suppression.reason, suppression.source) == (
        SuppressionReason.BOUNCED,
        "dead, dispatch 1",
    )
    [item] = (news.folder / "inbox").glob("*.md")
    assert item.read_text(encoding="utf-8").startswith(
        "---\nurl: http://127.0.0.1/mt5\ntitle: mT5\n"
    )
    letters = [email.message_from_bytes(m.content) for m in slow.messages if EDITOR in m.recipients]
    assert letters[-1]["Reply-To"] == "ann@example.org"
