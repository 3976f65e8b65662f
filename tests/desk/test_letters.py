"""The editor is written to when a dispatch is through, and no trouble with that disturbs it."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import signing

from mailer.app import App, open_app
from mailer.desk import dispatches, letters, offer, sending, setup
from mailer.desk.composing import compose_file
from mailer.ledger import reports
from mailer.ledger.letters import Kind, order
from mailer.ledger.reports import Copy, Entry
from mailer.ledger.schema import letters as letter_table
from mailer.model.delivery import DispatchState
from mailer.model.report import Report, ReportClass
from mailer.ops.catcher import Catcher
from subscribers.model import Consent, SubscriptionStatus

EDITOR = "ed@example.org"
JANUARY = Path("issues/2021-01.md")


class Choosy(Catcher):
    """Refuses the editor while `deaf`."""

    deaf = False

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.deaf and address == EDITOR:
            return "550 5.7.1 Not today"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    def to_editor(self) -> list[EmailMessage]:
        found = (message for message in self.messages if EDITOR in message.recipients)
        parsed = (email.message_from_bytes(m.content, policy=email.policy.default) for m in found)
        return list(parsed)


@pytest.fixture
def relay() -> Iterator[Choosy]:
    with Choosy() as relay:
        yield relay


@pytest.fixture
def app(tmp_path: Path, relay: Choosy) -> App:
    """A publication with an editor and three readers."""
    folder = tmp_path / "news"
    setup.init(folder, example=False)
    file = folder / "mailer.toml"
    text = file.read_text(encoding="utf-8").replace("smtp://localhost:25", relay.url)
    with_editor = f'address = "1 Street"\neditor = "Ed <{EDITOR}>"'
    file.write_text(text.replace('address = ""', with_editor), encoding="utf-8")
    (folder / JANUARY).write_text("---\ntitle: January\n---\nHello.\n\n## An item\nText.\n")
    app = open_app(folder)
    for name in ("ann", "bob", "cleo"):
        consent = Consent("a form", "yes")
        confirmed = SubscriptionStatus.CONFIRMED
        app.store.add(f"{name}@example.org", "monthly", {}, consent, confirmed, app.now())
    return app


def send(app: App) -> tuple[DispatchState, list[str]]:
    """How it ended and what was said."""
    composition = compose_file(app, app.folder / JANUARY)
    made = offer.offer(app, composition, None, late=False, expect=None)
    said: list[str] = []
    began = offer.begin(app, composition, made)
    ended = sending.carry_on(app, began, lambda _state: None, said.append)
    assert ended.exit_status == sending.DONE
    return ended.status.state, said


SECOND = dt.timedelta(seconds=1)


def due_now(app: App) -> None:
    with app.database.write() as c:
        waiting = letter_table.c.due_at.is_not(None)
        # SQLite's clock counts milliseconds: now would be later than its now.
        c.execute(letter_table.update().where(waiting).values(due_at=app.now() - SECOND))


def test_the_letter_at_the_end_is_a_letter(app: App, relay: Choosy) -> None:
    """To the editor alone; of no list, written by a program, in HTML and text."""
    assert send(app) == (DispatchState.FINISHED, ["letter to the editor (ended): sent"])
    [letter] = relay.to_editor()
    assert letter["Subject"] == "Sent: January"
    assert letter["To"] == EDITOR
    assert letter["Auto-Submitted"] == "auto-generated"
    assert not [name for name in letter if name.lower().startswith("list-")]
    for subtype in ("plain", "html"):
        body = letter.get_body((subtype,))
        assert body is not None
        assert "sent" in body.get_content()
        assert "unsubscribe" not in body.get_content().lower()


def test_a_fault_of_ours_is_told_with_where_to_look(app: App, relay: Choosy) -> None:
    """Copies came back for it: how it stands, and what their servers said is elsewhere."""
    send(app)
    with app.database.write() as c:
        order(c, 1, Kind.FAULT)
    letters.mail_due(app, lambda _line: None)
    letter = relay.to_editor()[-1]
    assert letter["Subject"] == "Came back: January"
    body = letter.get_body(("plain",))
    assert body is not None
    assert "`mailer dispatch report 1`" in body.get_content()


def test_a_day_later_it_tells_who_left(app: App, relay: Choosy) -> None:
    """Only those of this dispatch: who left, what came back, and who called it spam."""
    send(app)
    app.store.unsubscribe("ann@example.org", None, "a test", app.now())
    with app.database.write() as c:
        for dispatch, seq, kind in ((1, 2, "dead"), (2, 2, "dead"), (1, 3, "complaint")):
            report = Report("bob@example.org", ReportClass(kind))
            copy = Copy(dispatch, seq, "bob@example.org", app.now())
            occasion = f"{dispatch}.{seq} {kind}"
            entry = Entry(occasion, "file", report, "token", "suppressed", copy, None)
            reports.note(c, entry, app.now())
    due_now(app)
    letters.mail_due(app, lambda _line: None)
    body = relay.to_editor()[1].get_body(("plain",))
    assert body is not None
    told = " ".join(body.get_content().split())
    assert "unsubscribed since 1 copies that came back since 1 readers who called it spam 1" in told


def test_a_letter_that_is_refused_is_told_and_tried_again(app: App, relay: Choosy) -> None:
    """The dispatch is as finished as it would be; the trail has it."""
    relay.deaf = True
    assert send(app) == (
        DispatchState.FINISHED,
        ["letter to the editor (ended): not sent: 550 5.7.1 Not today"],
    )
    assert dispatches.log(app, 1)[-1].detail.endswith("not sent: 550 5.7.1 Not today")
    relay.deaf = False
    said: list[str] = []
    letters.mail_due(app, said.append)
    assert said == []
    due_now(app)
    letters.mail_due(app, said.append)
    assert said[0] == "dispatch 1: letter to the editor (ended): sent"


def test_a_theme_that_is_broken_stops_no_dispatch(app: App, relay: Choosy) -> None:
    """The publication's own layer over the letter's theme has a fault."""
    own = app.folder / "themes" / "letter"
    own.mkdir(parents=True)
    (own / "blocks.html.j2").write_text("{% macro masthead(issue) %}{{ nobody }}{% endmacro %}")
    state, [said] = send(app)
    assert state is DispatchState.FINISHED
    assert "letter to the editor (ended): not sent: theme letter" in said


def test_without_an_editor_nobody_is_written_to(app: App, relay: Choosy) -> None:
    """And nothing is said of it; nor is it made up for when there is one."""
    file = app.folder / "mailer.toml"
    named = file.read_text(encoding="utf-8")
    file.write_text(named.replace(f'editor = "Ed <{EDITOR}>"', ""), encoding="utf-8")
    assert send(open_app(app.folder)) == (DispatchState.FINISHED, [])
    letters.mail_due(app, lambda _line: None)
    assert relay.to_editor() == []


def test_a_letter_is_signed_like_a_copy(app: App, relay: Choosy) -> None:
    """The editor's server asks no less of it than those of the readers."""
    by = signing.signer()
    vars(app)["signer"] = by  # in the place of the keys in secrets.toml
    send(app)
    [letter] = [message for message in relay.messages if EDITOR in message.recipients]
    assert signing.verified(letter.content, by) == [True, True]
