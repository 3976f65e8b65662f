"""Our own copies, refused behind a real Postfix, come back through a real Dovecot."""

from __future__ import annotations

import smtplib
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import pytest
from feedback.dovecot import PASSWORD, Dovecot, running_dovecot
from newsroom import Newsroom
from program import until
from sender.postfix import running_postfix

from mailer.app import open_app
from mailer.desk import collecting, dispatches
from mailer.desk.worker import Worker
from mailer.errors import MailboxError
from mailer.feedback.policy import Effect, Proof
from mailer.log import Form, Log
from mailer.model.delivery import State
from mailer.ops.catcher import Catcher
from subscribers.model import Consent, SubscriptionStatus

pytestmark = [pytest.mark.postfix, pytest.mark.xdist_group("postfix")]

BOUNCES = "returns.example.org"
REPLIES = {
    "dead": "550 5.1.1 <{address}>: there is nobody of that name",
    "gone": "550 User unknown",
    "full": "552 5.2.2 The mailbox is over its quota",
    "filter": "554 5.7.1 Our policy does not let this in",
    "fault": "550 5.7.26 This sender is not authenticated",
}
SORTS = ["dead"] * 12 + ["gone"] * 4 + ["full"] * 2 + ["filter"] + ["fault"]


class Refusing(Catcher):
    """The world behind the relay: what it says to a reader stands in the address."""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        sort = address.partition("-")[0]
        if sort in REPLIES:
            return REPLIES[sort].format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def reading(
    newsroom: Newsroom, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """A publication whose bounces go to Dovecot."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    monkeypatch.setenv("MAILER_BOUNCES__IMAP_PASSWORD", PASSWORD)
    with (newsroom.app.folder / "mailer.toml").open("a", encoding="utf-8") as toml:
        toml.write(f'[bounces]\naddress = "bounces@{BOUNCES}"\nimap = "{dovecot.url}"\n')
    newsroom.app = open_app(newsroom.app.folder)
    yield newsroom
    dovecot.empty()


def test_every_copy_that_comes_back_finds_its_reader(reading: Newsroom, dovecot: Dovecot) -> None:
    """Dead addresses are suppressed, and nobody else; the mailbox is empty afterwards."""
    people = [f"{sort}-{n}@example.org" for n, sort in enumerate([*SORTS, "well", "well"])]
    with Refusing() as world, running_postfix(world.port, {BOUNCES: dovecot.lmtp}) as port:
        reading.write("folder:copies", f"smtp://127.0.0.1:{port}", "mailer.toml")
        reading.write("imap =", 'imap_after = "delete"\nimap =', "mailer.toml")
        app, consent = open_app(reading.app.folder), Consent("a form", "yes")
        for person in people:
            app.store.add(person, "monthly", {}, consent, SubscriptionStatus.CONFIRMED, app.now())
        reading.app = app
        dispatch = reading.send()
        assert dispatches.of(app, dispatch).counts[State.SENT] == len(people)
        until(lambda: dovecot.unread == len(SORTS))
    taken = list(chain.from_iterable(collecting.from_mailbox(app)))
    assert sorted(each.report.recipient for each in taken) == sorted(people[: len(SORTS)])
    assert {each.proof for each in taken} == {Proof.TOKEN}
    assert Counter(each.effect for each in taken) == {
        Effect.SUPPRESSED: SORTS.count("dead") + SORTS.count("gone"),
        Effect.COUNTED: SORTS.count("full"),
        Effect.NOTED: 1,
        Effect.TOLD: 1,
    }
    for person in people:
        suppressions = app.store.show(person).suppressions
        assert bool(suppressions) is person.startswith(("dead", "gone"))
    assert list(collecting.from_mailbox(app)) == []
    assert dovecot.messages == 0


def test_what_was_read_is_kept_and_read_once(reading: Newsroom, dovecot: Dovecot) -> None:
    """It is marked as seen when it was taken in: where that breaks off, it comes again."""
    start_tls = dovecot.url.replace("imaps", "imap+starttls")
    reading.write(
        dovecot.url, start_tls.replace(str(dovecot.imaps), str(dovecot.imap)), "mailer.toml"
    )
    app = open_app(reading.app.folder)
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp) as door:
        for number in range(2):
            letter = f"From: ann@example.org\nMessage-ID: <{number}@example.org>\n\nHello\n"
            door.sendmail("ann@example.org", [f"bounces@{BOUNCES}"], letter)
    broken = collecting.from_mailbox(app)
    next(broken)
    broken.close()
    assert [taken.known for taken in chain.from_iterable(collecting.from_mailbox(app))] == [
        True,
        False,
    ]
    assert list(collecting.from_mailbox(app)) == []
    assert dovecot.messages == 2


def test_the_worker_fetches_what_came_back(reading: Newsroom, dovecot: Dovecot) -> None:
    """By itself; what a person wrote goes on to the editor at once."""
    letter = "From: ann@example.org\nSubject: Re: January\nMessage-ID: <1@x>\n\nThank you.\n"
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp) as door:
        door.sendmail("ann@example.org", [f"bounces@{BOUNCES}"], letter)
    copies = reading.app.folder / "copies"
    worker = Worker(partial(open_app, reading.app.folder), Log(Form.TEXT, reading.app.now))
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        until(lambda: any(b"Re: January" in path.read_bytes() for path in copies.rglob("*.eml")))
    finally:
        worker.stop()
        thread.join()
    assert dovecot.unread == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("bounces@localhost", "nobody@localhost", "uthentication"),
        ("/INBOX", "/Other%20box", "doesn't exist"),
        ("bounces@localhost", "bounces@127.0.0.1", "certificate"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_one_line(
    reading: Newsroom, monkeypatch: pytest.MonkeyPatch, old: str, new: str, why: str
) -> None:
    """What, where, and what to check."""
    if new.startswith("nobody@"):
        monkeypatch.setenv("MAILER_BOUNCES__IMAP_PASSWORD", "wrong")
    reading.write(old, new, "mailer.toml")
    with pytest.raises(MailboxError, match=why) as raised:
        list(collecting.from_mailbox(open_app(reading.app.folder)))
    assert "MAILER_BOUNCES__IMAP_PASSWORD" in str(raised.value)
    assert "\n" not in str(raised.value)
