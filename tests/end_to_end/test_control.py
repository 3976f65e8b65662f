"""What is done to a dispatch while a real process sends it: it looks twice a second, and heeds it
when the copies on the wire are through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import slowly
from program import Program, Started, free_port, post, running, until, until_served
from slowly import JANUARY, READERS, Slow

from mailer.app import App, open_app
from mailer.desk import correcting, dispatches
from mailer.desk.composing import compose_file
from mailer.model.delivery import State
from subscribers.model import SuppressionReason


@pytest.fixture
def app(news: Program) -> App:
    return open_app(news.folder)


@contextmanager
def sending(news: Program, slow: Slow, count: int = 8) -> Iterator[Started]:
    """A send that has sent so many."""
    with running(news.start("send", JANUARY, "--yes")) as process:
        until(lambda: len(slow.messages) >= count or process.poll() is not None)
        yield process


@pytest.mark.slow
def test_a_pause_is_heeded(news: Program, slow: Slow, app: App) -> None:
    """By a sender in another process: it ends with what it has on the wire, and says why."""
    with sending(news, slow) as process:
        dispatches.pause(app, 1)
        _, said = process.communicate(timeout=60)
    then = len(slow.messages)
    assert then < READERS
    assert process.returncode == 3
    assert "paused (by the editor)" in said
    counts = dispatches.of(app, 1).counts
    assert counts[State.SENDING] == counts[State.UNCERTAIN] == 0
    assert counts[State.SENT] == then
    assert dispatches.resume(app, 1).open == READERS - then
    news.ok("send", JANUARY, "--yes")
    assert set(Counter(slow.addresses).values()) == {1}
    assert len(slow.readers) == READERS


@pytest.mark.slow
def test_a_cancel_is_heeded(news: Program, slow: Slow, app: App) -> None:
    """Whoever has no copy by then gets none."""
    with sending(news, slow) as process:
        dispatches.cancel(app, 1)
        process.communicate(timeout=60)
    then = len(slow.messages)
    assert then < READERS
    counts = dispatches.of(app, 1).counts
    assert (counts[State.SENT], counts[State.SKIPPED]) == (then, READERS - then)


@pytest.mark.slow
def test_who_leaves_during_the_send_is_not_mailed(news: Program, slow: Slow) -> None:
    """By the one-click link, answered by a real web process; whose turn is more than a second away
    gets nothing. A suppression counts as soon."""
    port = free_port()
    news.configure("https://news.example.org", f"http://127.0.0.1:{port}")
    app = open_app(news.folder)
    links = {
        person: app.links.unsubscribe(app.store.show(person).subscriptions[0].token)
        for person in (f"reader{number:02}@example.org" for number in range(READERS))
    }
    with running(news.start("web", "--port", str(port))):
        until_served(f"http://127.0.0.1:{port}")
        with sending(news, slow) as process:
            leaver, nuisance = list(links)[len(slow.messages) + 25 :][:2]
            assert post(links[leaver]) == 200
            app.store.suppress(nuisance, None, SuppressionReason.MANUAL, "a test", app.now())
            process.communicate(timeout=60)
    assert set(slow.readers) == links.keys() - {leaver, nuisance}
    assert dispatches.of(app, 1).counts[State.SKIPPED] == 2


@pytest.mark.slow
def test_a_correction_reaches_those_who_have_nothing_yet(
    news: Program, slow: Slow, app: App
) -> None:
    """Beside a running send: both go on with the mended issue, nobody gets two copies, and the
    ledger knows for each reader which version that was."""
    mended = slowly.ISSUE.replace("winter", "summer")
    with sending(news, slow) as process:
        (news.folder / JANUARY).write_text(mended, encoding="utf-8")
        composition = compose_file(app, news.folder / JANUARY)
        proposed = correcting.propose(app, composition, 1, None)
        correcting.correct(app, composition, proposed)
        news.ok("send", JANUARY, "--yes")
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert Counter(slow.readers) == {f"reader{n:02}@example.org": 1 for n in range(READERS)}
    got = {m.recipients[0]: b"winter" in m.content for m in slow.messages}
    rows = list(dispatches.copies(app, 1, None))
    versions = {got[row.email]: row.edition for row in rows}
    assert versions[False] == proposed.edition.content_hash != versions[True]
    assert all(row.edition == versions[got[row.email]] for row in rows)
    actions = [event.action for event in dispatches.log(app, 1)]
    assert actions.count("corrected") == actions.count("finished") == actions.count("wrote") == 1


@pytest.mark.slow
def test_the_rate_of_a_running_send_is_told(news: Program, slow: Slow, app: App) -> None:
    """Twenty a second at most here, and how long the rest will take; nothing once it is through."""
    with sending(news, slow, 30) as process:
        pace = dispatches.pace(app, dispatches.of(app, 1))
        process.communicate(timeout=60)
    assert pace is not None
    assert 0 < pace.rate < 40
    assert pace.left.total_seconds() > 0
    ended = news.json("dispatch", "status")
    assert ended["state"] == "finished"
    assert ended["seconds_left"] in (None, 0)
    assert ended["next_due"] is None
