"""The worker, as a real process beside others: it begins, goes on, tidies up, and writes."""

from __future__ import annotations

import datetime as dt
import json
import re
import signal
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from program import Program, Started, running, until, until_served
from slowly import EDITOR, JANUARY, READERS, Slow

from mailer.app import App, open_app
from mailer.desk import dispatches, offer, scheduling
from mailer.desk.composing import compose_file
from mailer.ledger.schema import deliveries, letters, shards
from mailer.ledger.schema import dispatches as dispatch_table
from mailer.model.delivery import DispatchState, State

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def app(news: Program) -> App:
    return open_app(news.folder)


@contextmanager
def at_work(news: Program, app: App) -> Iterator[Started]:
    """A worker that says so, and was seen."""
    with running(news.start("worker")) as worker:
        assert worker.stderr is not None
        assert "at work" in worker.stderr.readline()
        until(lambda: dispatches.worker_seen(app) or worker.poll() is not None)
        yield worker


def schedule(app: App, after: dt.timedelta) -> None:
    composition = compose_file(app, app.folder / JANUARY)
    made = offer.offer(app, composition, None, late=False, expect=None)
    assert scheduling.schedule_at(app, composition, made, app.now() + after) == 1


def ended(app: App) -> bool:
    return dispatches.of(app, 1).state is DispatchState.FINISHED


def end(worker: Started) -> str:
    """What it had to say, once it was told to end and did."""
    worker.send_signal(signal.SIGTERM)
    said = worker.communicate(timeout=60)[1]
    assert worker.returncode == 0, said
    return said


@pytest.mark.slow
def test_a_scheduled_send_begins_once_beside_two_workers(
    news: Program, slow: Slow, app: App
) -> None:
    """At its time, for the audience of that moment; both take part, every reader gets one copy and
    the editor one letter. Their logs name nobody."""
    with at_work(news, app) as one, at_work(news, app) as other:
        schedule(app, dt.timedelta(seconds=1))
        app.store.unsubscribe("reader00@example.org", None, "a test", app.now())
        until(lambda: ended(app) and EDITOR in slow.addresses)
        logs = end(one) + end(other)
    expected = {f"reader{number:02}@example.org": 1 for number in range(1, READERS)}
    assert Counter(slow.addresses) == {**expected, EDITOR: 1}
    actions = Counter(event.action for event in dispatches.log(app, 1))
    assert actions == {"scheduled": 1, "began": 1, "finished": 1, "wrote": 1}
    assert "@" not in logs
    assert re.search(r"dispatch 1: finished: 59 sent of 59", logs)


@pytest.mark.slow
def test_a_deferred_copy_is_the_workers(news: Program, slow: Slow, app: App) -> None:
    """A send that ends with one says that no worker is running; a worker that comes later sends it
    when it is due, and the dispatch is closed."""
    slow.greylist.add("reader07@example.org")
    sent = news.run("send", JANUARY, "--yes")
    assert sent.returncode == 3
    start = f"no worker is running: start `mailer -C {news.folder} worker`, or"
    assert start in sent.stderr
    assert Counter(slow.addresses)["reader07@example.org"] == 0
    with at_work(news, app) as worker:
        with app.database.write() as c:
            at = app.now()
            c.execute(
                deliveries.update().where(deliveries.c.state == "deferred").values(not_before=at)
            )
            c.execute(shards.update().values(due_at=at))
        until(lambda: ended(app))
        end(worker)
    assert Counter(slow.readers) == {f"reader{n:02}@example.org": 1 for n in range(READERS)}
    assert slow.addresses.count(EDITOR) == 1
    copy = news.json("dispatch", "copies", "1")[7]
    assert (copy["state"], copy["attempt"], len(copy["attempts"])) == ("sent", 2, 1)
    assert copy["attempts"][0]["text"] == "Come again later"


@pytest.mark.slow
def test_a_worker_that_is_stopped_leaves_nothing_in_doubt(
    news: Program, slow: Slow, app: App
) -> None:
    """SIGTERM: what is on the wire ends; the next worker sends the rest. A kill leaves at most one
    uncertain copy a connection, which the next worker tells."""
    with at_work(news, app) as worker:
        news.ok("send", JANUARY, "--queue", "--yes")
        until(lambda: len(slow.messages) >= 8)
        end(worker)
        counts = dispatches.of(app, 1).counts
        assert counts[State.SENDING] == counts[State.UNCERTAIN] == 0
        assert 8 <= counts[State.SENT] < READERS
        assert not dispatches.worker_seen(app)
        with app.database.read() as c:
            assert not c.execute(shards.select().where(shards.c.owner.is_not(None))).all()
    with at_work(news, app) as worker:
        until(lambda: len(slow.messages) >= 30)
        worker.kill()
        worker.communicate(timeout=60)
    with at_work(news, app) as worker:
        until(lambda: dispatches.of(app, 1).open == 0)
        end(worker)
    counts = dispatches.of(app, 1).counts
    assert counts[State.SENT] + counts[State.UNCERTAIN] == READERS
    assert counts[State.UNCERTAIN] <= 2
    assert set(Counter(slow.readers).values()) == {1}
    assert list(app.folder.glob("*.sender-*")) == []


@pytest.mark.slow
def test_what_a_dead_sender_had_in_hand_is_told(news: Program, slow: Slow, app: App) -> None:
    """Its copies on the wire are uncertain; the rest is the editor's to send, for the editor began
    it at the terminal."""
    with at_work(news, app) as worker:
        with running(news.start("send", JANUARY, "--yes")) as sender:
            until(lambda: len(slow.messages) >= 8)
            sender.kill()
        with app.database.read() as c:
            assert c.execute(shards.select().where(shards.c.owner.is_not(None))).all()

        def freed() -> bool:
            with app.database.read() as c:
                return not c.execute(shards.select().where(shards.c.owner.is_not(None))).all()

        until(freed)
        end(worker)
    counts = dispatches.of(app, 1).counts
    assert counts[State.SENDING] == 0
    assert counts[State.PLANNED] > 0
    assert list(app.folder.glob("*.sender-*")) == []


@pytest.mark.slow
def test_a_schedule_that_was_missed_is_paused_and_told(news: Program, slow: Slow, app: App) -> None:
    """Over an hour late nobody wants it unasked; a resume begins it. A day after it is through, the
    editor is written to once more."""
    with at_work(news, app) as worker:
        schedule(app, 10 * HOUR)
        with app.database.write() as c:
            c.execute(dispatch_table.update().values(scheduled_at=app.now() - 2 * HOUR))
        until(lambda: EDITOR in slow.addresses)
        now = dispatches.of(app, 1)
        assert now.state is DispatchState.PAUSED
        assert "when no worker was there" in now.reason
        assert b"Subject: Paused: January" in slow.messages[0].content
        dispatches.resume(app, 1)
        until(lambda: slow.addresses.count(EDITOR) == 2)
        assert ended(app)
        with app.database.write() as c:
            c.execute(letters.update().where(letters.c.kind == "day").values(due_at=app.now()))
        until(lambda: slow.addresses.count(EDITOR) == 3)
        end(worker)
    assert b"Subject: A day later: January" in slow.messages[-1].content
    assert len(slow.readers) == READERS


@pytest.mark.slow
def test_what_an_editor_mends_counts_from_the_next_run_on(
    news: Program, slow: Slow, app: App
) -> None:
    """A worker needs no restart for a relay's new address; what fails meanwhile is only told."""
    news.configure(slow.url, "smtp://127.0.0.1:1")
    with at_work(news, app) as worker:
        news.ok("send", JANUARY, "--queue", "--yes")
        assert dispatches.of(app, 1).counts[State.PLANNED] == READERS
        news.configure("smtp://127.0.0.1:1", slow.url)
        until(lambda: ended(app), 120)
        end(worker)
    assert len(slow.readers) == READERS


@pytest.mark.slow
def test_its_log_and_its_health_can_be_read_by_machines(
    news: Program, slow: Slow, app: App
) -> None:
    """A line of JSON for each event, with the numbers of dispatch and delivery, and nobody's
    address; metrics and health at a port of its own; and the port is let go at the end."""
    slow.greylist.add("reader07@example.org")
    words = ("worker", "--log-format", "json", "--metrics", "0")
    with running(news.start(*words)) as worker:
        assert worker.stderr is not None
        where = json.loads(worker.stderr.readline())["message"]
        url = where.removeprefix("metrics at ").partition("/metrics")[0]
        until_served(url)
        with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:  # noqa: S310 - our own
            assert b"process_cpu_seconds_total" in answer.read()
        news.ok("send", JANUARY, "--queue", "--yes")
        until(lambda: dispatches.of(app, 1).counts[State.SENT] == READERS - 1)
        logs = end(worker)
    lines = [json.loads(line) for line in logs.splitlines()]
    (deferred,) = [line for line in lines if "delivery" in line]
    assert dt.datetime.fromisoformat(deferred.pop("at")).tzinfo is not None
    assert deferred == {
        "dispatch": 1,
        "delivery": 8,
        "state": "deferred",
        "attempt": 1,
        "relay": deferred["relay"],
        "code": 451,
        "enhanced": "4.7.1",
        "message": f"deferred by {deferred['relay']}: 451 4.7.1 Come again later",
    }
    assert "@" not in logs
    assert lines[-1]["message"] == "ended"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/healthz", timeout=5)  # noqa: S310 - our own
