"""The desk tells what a send came to, also when the database went away under it."""

from __future__ import annotations

import sqlite3

import pytest
from newsroom import Newsroom

from mailer.app import App
from mailer.database import Database
from mailer.desk import dispatches, offer, sending
from mailer.errors import IssueRefused
from mailer.model.delivery import Envelope, State
from mailer.model.outcome import Outcome
from mailer.sender.memory import MemoryTransport
from mailer.sender.route import Route
from mailer.sender.run import Stop


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


def test_a_database_locked_under_a_send_leaves_a_report(newsroom: Newsroom) -> None:
    """Where whoever waits gives up: the status as it can be read, the trouble, and the exit status
    for work that is left."""
    app, composition = newsroom.app, newsroom.compose()
    newsroom.add(60)
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


def test_a_slot_that_no_reader_can_fill_stops_the_send(newsroom: Newsroom) -> None:
    """Before anything is planned; the slot, the number of readers and one of them are named."""
    newsroom.add(60)
    newsroom.write("Bye.", "Bye, {{ city }}.")
    with pytest.raises(IssueRefused, match=r"slot \{\{ city \}\}: 60 readers .*reader0@example"):
        newsroom.send()
    assert dispatches.listed(newsroom.app) == []


def test_an_unknown_theme_is_one_finding_among_the_others(newsroom: Newsroom) -> None:
    """It hides nothing."""
    newsroom.write("date:", "theme: nope\ncolour: red\ndate:")
    rules = {finding.rule for finding in newsroom.compose().findings}
    assert {"theme-unknown", "front-matter-key"} <= rules


def test_a_file_that_is_no_issue_is_refused_at_once(newsroom: Newsroom) -> None:
    """Somebody's log file, say."""
    newsroom.file.write_text("word " * 500_000, encoding="utf-8")
    [finding] = newsroom.compose().findings
    assert (finding.rule, finding.severity) == ("file-size", "error")
    assert "over 2,000,000 bytes" in finding.message
