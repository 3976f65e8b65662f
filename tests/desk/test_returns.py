"""What comes back is taken in once, and does what is proven: no more, and to nobody else."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from feedback.reports import complaint, dsn, failed, plain
from newsroom import Newsroom

from mailer.app import open_app
from mailer.desk import collecting, handing_on, holdings, report, returns
from mailer.desk.postroom import Postroom
from mailer.desk.returns import Post, Taken, Via
from mailer.errors import NotFound
from mailer.feedback.policy import Effect, Proof
from mailer.ledger import notices, readers, reports, status
from mailer.ledger.schema import deliveries, letters, replies
from mailer.ledger.schema import reports as table
from mailer.message.verp import HEADER, DeliveryKey, token_of
from mailer.model.report import ReportClass
from mailer.ops.catcher import Catcher
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason

ANN, BOB = "reader0@example.org", "reader1@example.org"
DEAD, FULL = "550 5.1.1 no such user", "552 5.2.2 over quota"


def send(newsroom: Newsroom) -> int:
    """To Ann and Bob; the number of the dispatch."""
    newsroom.add(2)
    return newsroom.send()


def another(newsroom: Newsroom, number: int) -> int:
    """The same, once more, as another issue."""
    text = newsroom.file.read_text(encoding="utf-8").replace("id: 2021-01", f"id: 2021-1{number}")
    name = f"issues/2021-1{number}.md"
    (newsroom.app.folder / name).write_text(text, encoding="utf-8")
    return newsroom.send(name)


def about(newsroom: Newsroom, dispatch: int, reader: str, said: str, named: str = "") -> bytes:
    """A report on a reader's copy, which returns its token; `named` is whom it names instead."""
    query = sa.select(deliveries.c.seq).where(
        deliveries.c.dispatch_id == dispatch, deliveries.c.email == reader
    )
    with newsroom.app.database.read() as c:
        seq = c.scalar(query)
    assert seq is not None
    token = token_of(newsroom.app.links.keyring, DeliveryKey(dispatch, seq))
    return dsn(failed(said, recipient=named or reader), copy=f"{HEADER}: {token}\n")


def take(newsroom: Newsroom, content: bytes, via: Via = Via.IMAP, vouched: bool = False) -> Taken:
    [taken] = returns.take(newsroom.app, Post(content, via, vouched=vouched))
    return taken


def reasons(newsroom: Newsroom, reader: str) -> list[SuppressionReason]:
    return [each.reason for each in newsroom.app.store.show(reader).suppressions]


def test_a_dead_address_is_suppressed_at_once_and_once(newsroom: Newsroom) -> None:
    """By whatever way the report comes again, it changes nothing."""
    dispatch = send(newsroom)
    report = about(newsroom, dispatch, ANN, DEAD)
    taken = take(newsroom, report)
    assert (taken.proof, taken.effect, taken.known) == (Proof.TOKEN, Effect.SUPPRESSED, False)
    assert reasons(newsroom, ANN) == [SuppressionReason.BOUNCED]
    newsroom.app.store.unsuppress(ANN, None, newsroom.app.now())
    for via in (Via.IMAP, Via.LISTENER):
        assert take(newsroom, b"Received: once more\n" + report, via).known
    assert reasons(newsroom, ANN) == []
    with newsroom.app.database.read() as c:
        assert reports.counts(c, dispatch) == {ReportClass.DEAD: 1}
        assert reports.bounced(c, dispatch) == 1
        assert len(c.execute(reports.people()).all()) == 1
        rows = status.copies(c, dispatch)
    assert [row.returned for row in rows] == ["dead: 550 5.1.1 no such user", ""]
    held = holdings.of(newsroom.app, ANN)
    assert [(r.kind, r.effect) for r in held.reports] == [(ReportClass.DEAD, Effect.SUPPRESSED)]


def test_a_token_speaks_of_its_own_reader_alone(newsroom: Newsroom) -> None:
    """A report on Ann's copy that names Bob costs Bob nothing; that what lies behind Ann's address
    is dead, is counted."""
    dispatch = send(newsroom)
    assert take(newsroom, about(newsroom, dispatch, ANN, DEAD, BOB)).effect is Effect.COUNTED
    assert reasons(newsroom, BOB) == reasons(newsroom, ANN) == []


@pytest.mark.parametrize("copy", ["", f"{HEADER}: {'a' * 32}\n"], ids=["none", "made up"])
def test_a_made_up_bounce_suppresses_nobody(newsroom: Newsroom, copy: str) -> None:
    """It comes by mail, from anybody; an editor is asked to look."""
    send(newsroom)
    forged = dsn(failed(DEAD, recipient=ANN), copy=copy)
    taken = take(newsroom, forged, Via.MAILBOX)
    assert (taken.proof, taken.effect) == (Proof.NONE, Effect.ASKED)
    stranger = dsn(failed(DEAD, recipient="stranger@example.org"), copy=copy)
    assert take(newsroom, stranger).effect is Effect.NONE
    assert take(newsroom, complaint(f"Feedback-Type: abuse\nOriginal-Rcpt-To: {BOB}")).effect is (
        Effect.ASKED
    )
    assert reasons(newsroom, ANN) == reasons(newsroom, BOB) == []
    asked = collecting.todo(newsroom.app).reports
    assert [each.email_key for each in asked] == [ANN, BOB]
    collecting.settle(newsroom.app, f"report-{asked[0].id}")
    assert [each.email_key for each in collecting.todo(newsroom.app).reports] == [BOB]


def test_a_file_that_somebody_names_is_believed_unless_it_bears_a_false_mark(
    newsroom: Newsroom,
) -> None:
    """Old reports, from before there were marks, are taken in by hand."""
    newsroom.add(2)
    false = dsn(failed(DEAD, recipient=ANN), copy=f"{HEADER}: {'a' * 32}\n")
    assert take(newsroom, false, Via.FILE, vouched=True).effect is Effect.ASKED
    old = dsn(failed(DEAD, recipient=BOB))
    assert take(newsroom, old, Via.FILE, vouched=True).effect is Effect.SUPPRESSED
    assert reasons(newsroom, ANN) == []
    assert reasons(newsroom, BOB) == [SuppressionReason.BOUNCED]


def test_soft_bounces_of_several_copies_suppress(newsroom: Newsroom) -> None:
    """Three by default, of as many dispatches; one more of the same copy is none."""
    dispatches = [send(newsroom), another(newsroom, 1), another(newsroom, 2)]
    for dispatch in dispatches[:2]:
        assert take(newsroom, about(newsroom, dispatch, ANN, FULL)).effect is Effect.COUNTED
        assert take(newsroom, about(newsroom, dispatch, ANN, FULL)).known
    assert reasons(newsroom, ANN) == []
    assert take(newsroom, about(newsroom, dispatches[2], ANN, FULL)).effect is Effect.SUPPRESSED
    assert reasons(newsroom, ANN) == [SuppressionReason.BOUNCED]


def test_soft_bounces_of_long_ago_do_not_count(newsroom: Newsroom) -> None:
    """A mailbox may be full every other year; nor do those before the last suppression."""
    first, second, third = send(newsroom), another(newsroom, 1), another(newsroom, 2)
    take(newsroom, about(newsroom, first, ANN, FULL))
    take(newsroom, about(newsroom, second, ANN, FULL))
    long_ago = newsroom.app.now() - dt.timedelta(days=200)
    with newsroom.app.database.write() as c:
        c.execute(table.update().values(at=long_ago))
    assert take(newsroom, about(newsroom, third, ANN, FULL)).effect is Effect.COUNTED


def test_our_own_fault_is_told_once_and_suppresses_nobody(newsroom: Newsroom) -> None:
    """However many copies come back for it."""
    dispatch = send(newsroom)
    for reader in (ANN, BOB):
        report = about(newsroom, dispatch, reader, "550 5.7.26 fails DMARC, no such user")
        assert take(newsroom, report).effect is Effect.TOLD
        assert reasons(newsroom, reader) == []
    with newsroom.app.database.read() as c:
        kinds = list(c.scalars(sa.select(letters.c.kind)))
    assert kinds.count("fault") == 1


def test_who_complains_is_off_every_list(newsroom: Newsroom) -> None:
    """And stays off, whatever is imported."""
    dispatch = send(newsroom)
    store, now = newsroom.app.store, newsroom.app.now()
    store.create_list("weekly", "Weekly", "weekly.example.org", now)
    store.add(ANN, "weekly", {}, Consent("a form", "yes"), SubscriptionStatus.CONFIRMED, now)
    returned = about(newsroom, dispatch, ANN, DEAD).decode().partition(f"{HEADER}: ")[2]
    token = returned.partition("\n")[0]
    taken = take(newsroom, complaint("Feedback-Type: abuse", f"{HEADER}: {token}\n"))
    assert taken.effect is Effect.UNSUBSCRIBED
    assert reasons(newsroom, ANN) == [SuppressionReason.COMPLAINED]
    ann = store.show(ANN)
    assert {each.status for each in ann.subscriptions} == {SubscriptionStatus.UNSUBSCRIBED}
    assert len(ann.subscriptions) == 2
    assert ann.consents[-1].how == "complaint"


def test_a_confirmation_that_comes_back_is_known_too(newsroom: Newsroom) -> None:
    """Its return path names the notice: a misspelt address is not mailed again."""
    stranger = "misspelt@example.org"
    with newsroom.app.database.write() as c:
        notices.order(c, notices.Order(notices.Kind.CONFIRM, stranger, "en", "L", b"s" * 16))
    with Catcher() as relay:
        newsroom.write("folder:copies", relay.url, "mailer.toml")
        with (newsroom.app.folder / "mailer.toml").open("a", encoding="utf-8") as toml:
            toml.write('[bounces]\naddress = "bounces@example.org"\n')
        newsroom.app = app = open_app(newsroom.app.folder)
        assert Postroom(app, print).mail_due()
        [mail] = relay.messages
    for said, effect in (("550 5.7.26 no", Effect.TOLD), (DEAD, Effect.SUPPRESSED)):
        report = dsn(failed(said, recipient=stranger), copy="")
        [taken] = returns.take(app, Post(report, Via.LISTENER, mail.sender))
        assert (taken.proof, taken.effect) == (Proof.TOKEN, effect)
    with app.database.read() as c:
        told = readers.reports_of(c, [stranger])
    assert [each.kind.value for each in told] == ["ours", "dead"]
    consent, confirmed = Consent("a form", "yes"), SubscriptionStatus.CONFIRMED
    kept = app.store.add(stranger, "monthly", {}, consent, confirmed, app.now())
    assert "bounced" in kept.reason


def test_what_an_erased_reader_sends_back_concerns_nobody(newsroom: Newsroom) -> None:
    """It is counted with the dispatch, without an address."""
    dispatch = send(newsroom)
    report = about(newsroom, dispatch, ANN, DEAD)
    with newsroom.app.database.write() as c:
        c.execute(deliveries.update().where(deliveries.c.email == ANN).values(email=None))
    take(newsroom, report)
    with newsroom.app.database.read() as c:
        assert reports.counts(c, dispatch) == {ReportClass.DEAD: 1}
        assert c.scalar(sa.select(table.c.email_key)) is None
    assert reasons(newsroom, ANN) == []


def test_forgetting_an_address_keeps_the_count(newsroom: Newsroom) -> None:
    """Nothing of the address is left in what is kept of reports."""
    dispatch = send(newsroom)
    take(newsroom, about(newsroom, dispatch, ANN, f"550 5.1.1 <{ANN}> unknown"))
    with newsroom.app.database.write() as c:
        reports.forget(c, [ANN])
        [kept] = c.execute(sa.select(table)).all()
        assert ANN not in str(kept)
        assert reports.bounced(c, dispatch) == 1


@pytest.mark.parametrize(
    ("content", "effect"),
    [
        (plain("Back soon.", f"From: {ANN}\nSubject: Out of office\n"), Effect.NONE),
        (dsn(failed(DEAD).replace("failed", "delayed")), Effect.NONE),
        (b"", Effect.NONE),
    ],
)
def test_what_says_nothing_leaves_nothing(
    newsroom: Newsroom, content: bytes, effect: Effect
) -> None:
    """No row, whatever came."""
    newsroom.add(1)
    assert take(newsroom, content).effect is effect
    with newsroom.app.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_dry_run_tells_what_would_follow_and_changes_nothing(newsroom: Newsroom) -> None:
    """Nor does it hand anything on."""
    dispatch = send(newsroom)
    post = Post(about(newsroom, dispatch, ANN, DEAD), Via.IMAP)
    for _ in range(2):
        [taken] = returns.take(newsroom.app, post, dry_run=True)
        assert (taken.effect, taken.known) == (Effect.SUPPRESSED, False)
    assert reasons(newsroom, ANN) == []


@pytest.mark.both_databases
def test_the_databases_agree(
    newsroom: Newsroom, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On what is kept, counted, suppressed, handed on and reported."""
    monkeypatch.setenv("MAILER_DATABASE__URL", database_url)
    newsroom.app = open_app(newsroom.app.folder)
    newsroom.app.store.create_list("monthly", "Monthly", "monthly.l", newsroom.app.now())
    dispatch = send(newsroom)
    for _ in range(2):
        take(newsroom, about(newsroom, dispatch, ANN, DEAD))
        take(newsroom, about(newsroom, dispatch, BOB, FULL))
        take(newsroom, LETTER)
    assert reasons(newsroom, ANN) == [SuppressionReason.BOUNCED]
    assert reasons(newsroom, BOB) == []
    assert handing_on.hand_on(newsroom.app) == []
    assert len(collecting.todo(newsroom.app).wishes) == 1
    found = report.report(newsroom.app, dispatch)
    [domain] = found.domains
    assert (domain.domain, domain.sent, domain.bounced) == ("example.org", 2, 2)
    assert (sum(found.sending.numbers), sum(found.returning.numbers)) == (2, 2)
    assert (found.health.spans[-1].joined, found.health.spans[-1].died) == (2, 1)
    assert found.failures == ()
    newsroom.app.database.close()


LETTER = plain(
    "Please remove me.\n\n.A line that begins with a dot.\n",
    f"From: Ann <{ANN}>\nSubject: Re: January\nMessage-ID: <1@example.org>\n",
)


def handed_on(folder: Path) -> list[bytes]:
    found = [path.read_bytes() for path in sorted((folder / "copies").rglob("*.eml"))]
    return [content for content in found if b"Message-ID: <reply." in content]


def test_what_a_person_writes_reaches_a_person(newsroom: Newsroom) -> None:
    """Its words and the message itself, with the answer going to whoever wrote; nothing of it is
    kept. A wish to be removed is a thing to do, not done."""
    newsroom.write('address = "1 Ex', 'editor = "ed@example.org"\naddress = "1 Ex', "mailer.toml")
    newsroom.app = open_app(newsroom.app.folder)
    newsroom.add(1)
    for known in (False, True):
        taken = take(newsroom, LETTER)
        assert (taken.report.kind, taken.known) == (ReportClass.REPLY, known)
    assert handing_on.hand_on(newsroom.app) == handing_on.hand_on(newsroom.app) == []
    [content] = handed_on(newsroom.app.folder)
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert (letter["To"], letter["Reply-To"]) == ("ed@example.org", ANN)
    assert letter["Subject"] == "Re: January"
    words = letter.get_body(("plain",))
    assert words is not None
    assert "Please remove me." in words.get_content()
    assert "mailer bounce settle wish-1" in words.get_content()
    [attached] = letter.iter_attachments()
    assert attached.get_content() == LETTER
    with newsroom.app.database.read() as c:
        assert c.scalar(sa.select(replies.c.content)) is None
    [wish] = collecting.todo(newsroom.app).wishes
    assert wish.sender == ANN
    assert newsroom.app.store.show(ANN).subscriptions[0].status is SubscriptionStatus.CONFIRMED
    collecting.settle(newsroom.app, "wish-1")
    assert collecting.todo(newsroom.app).wishes == []
    # Should the letter find its way back here, it goes no further.
    assert take(newsroom, content).report.kind is ReportClass.AUTO_REPLY


def test_a_reply_that_cannot_be_handed_on_waits(newsroom: Newsroom) -> None:
    """For five minutes, then longer."""
    take(newsroom, LETTER)
    newsroom.write("folder:copies", "smtp://127.0.0.1:9", "mailer.toml")
    newsroom.app = open_app(newsroom.app.folder)
    [trouble] = handing_on.hand_on(newsroom.app)
    assert "127.0.0.1:9" in trouble
    with newsroom.app.database.read() as c:
        [kept] = c.execute(sa.select(replies)).all()
    assert kept.content == LETTER
    assert kept.due_at > newsroom.app.now()


@pytest.mark.parametrize("name", ["wish-1", "report-1", "wish", "letter-1", "wish-x", ""])
def test_what_is_not_to_be_done_cannot_be_settled(newsroom: Newsroom, name: str) -> None:
    """A wrong name is one line."""
    with pytest.raises(NotFound, match="bounce todo"):
        collecting.settle(newsroom.app, name)
