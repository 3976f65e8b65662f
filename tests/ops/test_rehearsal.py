"""A rehearsal sends all but really: it changes nothing, and foretells what a send will take."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from relayed import app_with

from mailer import config
from mailer.app import App
from mailer.desk import offer, sending
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.desk.offer import Offer
from mailer.errors import UsageError
from mailer.ledger import status
from mailer.model.delivery import State
from mailer.ops.provider.process import Provider
from mailer.ops.provider.profile import PROFILES, Profile
from mailer.ops.rehearsal import Rehearsed, profile_of, rehearse

FAST = '[smtp]\nurl = "smtp://192.0.2.1:25"\n[rehearsal]\nlike = "fast"\n'


def offered(app: App) -> tuple[Composition, Offer]:
    composition = compose_file(app, app.folder / "issues" / "2021-01.md")
    return composition, offer.offer(app, composition, None, late=False, expect=None)


def rehearsed(app: App) -> Rehearsed:
    return rehearse(app, *offered(app), lambda _count: None, lambda _line: None)


def test_nothing_of_the_publication_changes(tmp_path: Path) -> None:
    """No dispatch, no letter, no permit: the database is the same file, and the relay, which is
    on another machine, hears nothing."""
    app = app_with(tmp_path / "news", FAST + "[send]\nprobe = true\n", readers=30)
    app.database.close()
    before = hashlib.sha256(app.database.path.read_bytes()).hexdigest()
    seen = rehearsed(app)
    assert seen.counts == {State.SENT: 30}
    assert (seen.copies, seen.tried, seen.loads["relay"].messages) == (30, 30, 30)
    assert seen.seconds > 0
    assert seen.whole == seen.seconds
    assert seen.processor > 0
    assert seen.memory > 10_000_000
    app.database.close()
    assert hashlib.sha256(app.database.path.read_bytes()).hexdigest() == before
    with app.database.read() as c:
        assert status.statuses(c) == []


def test_what_is_left_of_a_dispatch_can_be_rehearsed(tmp_path: Path) -> None:
    """After some copies were really sent."""
    tables = '[smtp]\nurl = "folder:copies"\nmessages_per_hour = 10\n[send]\npatience = "1s"\n'
    app = app_with(tmp_path / "news", tables, readers=30)
    composition, made = offered(app)
    sending.carry_on(app, offer.begin(app, composition, made), lambda _: None, lambda _: None)
    text = (app.folder / "mailer.toml").read_text(encoding="utf-8")
    played = text.replace('url = "folder:copies"\nmessages_per_hour = 10', 'url = "smtp://h"')
    (app.folder / "mailer.toml").write_text(played, encoding="utf-8")
    app.database.close()
    seen = rehearsed(App(config.load(app.folder, {})))
    assert (seen.copies, seen.counts) == (20, {State.SENT: 20})


def test_a_quota_is_foretold_and_not_waited_for(tmp_path: Path) -> None:
    """50 copies at 20 an hour: two hours and more, known after a moment."""
    app = app_with(tmp_path / "news", FAST.replace("[reh", "messages_per_hour = 20\n[reh"), 50)
    seen = rehearsed(app)
    assert (seen.copies, seen.tried) == (50, 20)
    assert seen.whole is not None
    assert 2 * 3600 < seen.whole < 2.2 * 3600
    assert "takes nothing for another 1 h" in seen.notices[0]


def test_several_relays_are_played_each_as_it_is(tmp_path: Path) -> None:
    """With their weights."""
    tables = """
[[smtp.relays]]
name = "main"
preset = "postfix"
weight = 3
[[smtp.relays]]
name = "spare"
url = "smtps://spare.example.org"
user = "me"
password = "geheim"
weight = 1
[rehearsal]
delay = 0
message = 0
"""
    app = app_with(tmp_path / "news", tables, readers=80)
    main, spare = app.config.smtp.relays
    assert profile_of(app.config, main) == Profile(delay=0, message=0, connections=50)
    assert profile_of(app.config, spare).delay == 0
    loads = rehearsed(app).loads
    assert loads["main"].messages + loads["spare"].messages == 80
    assert 10 <= loads["spare"].messages <= 30


def test_there_must_be_something_to_play(tmp_path: Path) -> None:
    """A folder is no relay."""
    app = app_with(tmp_path / "news", '[smtp]\nurl = "folder:copies"\n', readers=1)
    with pytest.raises(UsageError, match="there is no relay to play"):
        rehearsed(app)


def test_every_preset_has_its_profile() -> None:
    """A rehearsal knows what to play."""
    assert {"postfix", "ses", "postmark", "mailgun", "fastmail"} <= PROFILES.keys()


CONDITIONS = (
    Profile(delay=0.1, message=0.2, connections=6),
    Profile(delay=0.05, message=0.05, per_connection=7, per_second=12, unknown=0.05),
    Profile(delay=0.05, message=0.1, greylisted=0.2, busy=0.1),
)


@pytest.mark.slow
def test_a_rehearsal_foretells_what_becomes_of_a_real_send(tmp_path: Path) -> None:
    """Both into the same conditions."""
    assert foretold_of_real(tmp_path, CONDITIONS[1]) > 0


@pytest.mark.soak
@pytest.mark.parametrize("profile", CONDITIONS)
def test_a_rehearsal_foretells_a_real_send_within_a_fifth(tmp_path: Path, profile: Profile) -> None:
    """The ratio counts, not the machine. Where that is busy during one of the two, they are
    compared anew, up to twice."""
    ratios = []
    for attempt in range(3):
        ratios.append(foretold_of_real(tmp_path / str(attempt), profile))
        if 0.8 <= ratios[-1] <= 1.25:
            return
    pytest.fail(f"foretold seconds of real ones: {ratios}")


def foretold_of_real(folder: Path, profile: Profile) -> float:
    """The seconds that were foretold, in parts of those it took; what was sent is the same."""
    conditions = "".join(
        f"{name} = {getattr(profile, name)}\n"
        for name in profile.__slots__
        if getattr(profile, name) is not None
    )
    with Provider(profile) as real:
        tables = f'[smtp]\nurl = "{real.url}"\nconnections = 5\n[rehearsal]\n{conditions}'
        app = app_with(folder / "news", tables, readers=100)
        foretold = rehearsed(app)
        composition, made = offered(app)
        dispatch_id = offer.begin(app, composition, made)
        began = time.monotonic()
        ended = sending.carry_on(app, dispatch_id, lambda _: None, lambda _: None)
        seconds = time.monotonic() - began
    assert foretold.whole is not None
    now = {state: count for state, count in ended.status.counts.items() if count}
    assert now[State.SENT] == pytest.approx(foretold.counts[State.SENT], abs=10)
    assert foretold.loads["relay"].messages == pytest.approx(real.load.messages, abs=10)
    return foretold.whole / seconds
