"""The desk tells what a send came to, also when the database went away under it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mailer import config
from mailer.app import App
from mailer.database import Database
from mailer.desk import dispatches, offer, sending, setup
from mailer.desk.composing import compose_file
from mailer.errors import IssueRefused
from mailer.model.delivery import Envelope, State
from mailer.model.outcome import Outcome
from mailer.sender.memory import MemoryTransport
from mailer.sender.route import Route
from mailer.sender.run import Stop
from subscribers.model import Consent, SubscriptionStatus


class Locking(MemoryTransport):
    """Somebody else locks the database once ten copies were sent."""

    def __init__(self, other: sqlite3.Connection) -> None:
        super().__init__()
        self._other = other

    def take(self, envelope: Envelope) -> Outcome:
        outcome = super().take(envelope)
        if len(self.envelopes) == 10:
            self._other.execute("BEGIN IMMEDIATE")
        return outcome


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The example with 60 readers; copies go to a folder."""
    folder = tmp_path / "news"
    made = setup.init(folder, example=True)
    file = folder / "mailer.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("smtp://localhost:1025", "folder:copies"), encoding="utf-8")
    made = App(config.load(folder, {}))
    consent = Consent("a form", "yes")
    for number in range(60):
        made.store.add(
            f"reader{number}@example.org",
            "monthly",
            {},
            consent,
            SubscriptionStatus.CONFIRMED,
            made.now(),
        )
    return made


def test_a_database_locked_under_a_send_leaves_a_report(app: App) -> None:
    """Where whoever waits gives up: the status as it can be read, the trouble, and the exit status
    for work that is left."""
    composition = compose_file(app, app.folder / "issues" / "2020-10.md")
    made = offer.offer(app, composition, None, late=False, expect=60)
    dispatch_id = offer.begin(app, composition, made)
    other = sqlite3.connect(app.database.path, isolation_level=None, check_same_thread=False)
    stop, transport = Stop(), Locking(other)

    class Hasty(App):
        """An app whose database is waited for but a moment."""

        @property
        def database(self) -> Database:  # type: ignore[override]
            return Database(self.config.database_url, busy_seconds=0.2)

        def routes(self) -> list[Route]:
            return [Route("memory", transport)]

    hasty = Hasty(app.config)
    ended = sending.carry_on(hasty, dispatch_id, lambda _: None, lambda _: stop.ask(), stop)
    other.execute("ROLLBACK")
    other.close()
    assert ended.trouble is not None
    assert "locked by another program" in str(ended.trouble)
    assert ended.exit_status == sending.LEFT
    now = dispatches.of(app, dispatch_id)
    assert now.counts[State.SENDING] == 0
    assert sum(now.counts.values()) == 60
    assert now.counts[State.UNCERTAIN] <= 4


def test_a_slot_that_no_reader_can_fill_stops_the_send(app: App) -> None:
    """Before anything is planned; the slot, the number of readers and one of them are named."""
    file = app.folder / "issues" / "2020-10.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("As ever:", "In {{ city }}, as ever:"), encoding="utf-8")
    composition = compose_file(app, file)
    with pytest.raises(IssueRefused, match=r"slot \{\{ city \}\}: 60 readers .*reader0@example"):
        offer.offer(app, composition, None, late=False, expect=None)
    assert dispatches.listed(app) == []


def test_an_unknown_theme_is_one_finding_among_the_others(app: App) -> None:
    """It hides nothing."""
    file = app.folder / "issues" / "2020-10.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("lang: en", "lang: en\ntheme: nope\ncolour: red"), encoding="utf-8"
    )
    rules = {finding.rule for finding in compose_file(app, file).findings}
    assert {"theme-unknown", "front-matter-key"} <= rules


def test_a_file_that_is_no_issue_is_refused_at_once(app: App) -> None:
    """Somebody's log file, say."""
    file = app.folder / "issues" / "large.md"
    file.write_text("word " * 500_000, encoding="utf-8")
    [finding] = compose_file(app, file).findings
    assert (finding.rule, finding.severity) == ("file-size", "error")
    assert "over 2,000,000 bytes" in finding.message
