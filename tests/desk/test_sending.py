"""What mailer.toml says of relays and sends is what a send does."""

from __future__ import annotations

import signal
from pathlib import Path

from relayed import app_with

from mailer.app import App
from mailer.desk import offer, sending
from mailer.desk.composing import compose_file
from mailer.model.delivery import DispatchState, State
from mailer.sender.route import DomainLimits

RELAYS = """
[[smtp.relays]]
name = "main"
preset = "ses"
url = "smtp+starttls://email-smtp.eu-central-1.amazonaws.com:587"
weight = 3
messages_per_day = 50000
[[smtp.relays]]
name = "own"
preset = "postfix"
warm_up = [50]
warm_up_start = 2026-12-01
[smtp.domains."gmail.com"]
connections = 2
"""


def begun(app: App) -> int:
    composition = compose_file(app, app.folder / "issues" / "2021-01.md")
    made = offer.offer(app, composition, None, late=False, expect=None)
    return offer.begin(app, composition, made)


def sent(app: App, dispatch_id: int) -> tuple[sending.Sending, list[str]]:
    told: list[str] = []
    return sending.carry_on(app, dispatch_id, lambda _count: None, told.append), told


def test_a_send_that_meets_its_limit_ends_and_says_so(tmp_path: Path) -> None:
    """20 an hour, and a second's patience; the same command meets it again at once."""
    tables = '[smtp]\nurl = "folder:copies"\nmessages_per_hour = 20\n[send]\npatience = "1s"'
    app = app_with(tmp_path / "news", tables, readers=60)
    dispatch_id = begun(app)
    for _ in range(2):
        ended, told = sent(app, dispatch_id)
        assert ended.held
        assert ended.exit_status == sending.LEFT
        assert ended.status.counts[State.SENT] == 20
        assert ended.status.counts[State.PLANNED] == 40
        assert told[0].startswith("relay: takes nothing for another 1 h")


def test_a_send_that_nothing_holds_back(tmp_path: Path) -> None:
    """It is finished, and nothing is told."""
    app = app_with(tmp_path / "news", '[smtp]\nurl = "folder:copies"', readers=3)
    ended, told = sent(app, begun(app))
    assert ended.status.state is DispatchState.FINISHED
    assert (ended.held, ended.exit_status, told) == (False, sending.DONE, [])


def test_what_was_stopped_by_hand_is_not_the_workers(tmp_path: Path) -> None:
    """Also where it had been handed to them before; what ends by itself with something left is."""
    tables = '[smtp]\nurl = "folder:copies"\nmessages_per_hour = 20\n[send]\npatience = "1s"'
    app = app_with(tmp_path / "news", tables, readers=60)
    dispatch_id = begun(app)
    first = sending.take_on(app, dispatch_id, lambda _count: None, lambda _line: None)
    assert (first.interrupted, first.status.queued) == (False, True)
    stopped = sending.take_on(
        app, dispatch_id, lambda _count: None, lambda _line: signal.raise_signal(signal.SIGINT)
    )
    assert (stopped.interrupted, stopped.status.queued) == (True, False)


def test_relays_are_wired_as_they_are_written_down(tmp_path: Path) -> None:
    """Two routes with their limits; what is on another machine is strange."""
    app = app_with(tmp_path / "news", RELAYS)
    main, own = app.routes()
    assert (main.name, main.weight, main.strange) == ("main", 3, True)
    assert (main.limits.per_second, main.limits.periods) == (10, {"day": 50000})
    assert (own.name, own.weight, own.strange) == ("own", None, False)
    assert own.limits.warm_up is not None
    assert own.limits.zone.key == "Europe/Berlin"
    assert own.transport.lanes == 20
    assert app.mails_strangers
    assert app.domain_limits() == {"gmail.com": DomainLimits(connections=2)}
    assert app.through == (
        "smtp+starttls://email-smtp.eu-central-1.amazonaws.com:587, smtp://localhost:25"
    )
