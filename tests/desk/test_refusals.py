"""What a relay says of a reader while it is given the copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from newsroom import Newsroom

from mailer.app import App, open_app
from mailer.desk import collecting, dispatches, erasing, holdings, refusals, report
from mailer.desk.worker import Worker
from mailer.ledger import refusals as ledger
from mailer.ledger import schema
from mailer.log import Form, Log
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Rejected, Reply
from mailer.sender.memory import MemoryTransport
from mailer.sender.route import Route

NOBODY = Reply(550, "5.1.1", "<…>: Recipient address rejected: User unknown")
POLICY = Reply(550, "5.1.1", "blocked, see our policy")
FULL = Reply(552, "5.2.2", "mailbox full")
Refusing = Callable[[set[str], Reply], None]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """The relay says so of these readers, and takes everybody else's copies."""

    def refuse(readers: set[str], reply: Reply) -> None:
        relay = MemoryTransport({reader: [Rejected(reply)] for reader in readers})
        monkeypatch.setattr(App, "routes", lambda _app: [Route("relay", relay)])

    return refuse


def readers(*numbers: int) -> set[str]:
    return {f"reader{number}@example.org" for number in numbers}


def suppressed(newsroom: Newsroom, count: int) -> set[str]:
    store = newsroom.app.store
    return {each for each in readers(*range(count)) if store.show(each).suppressions}


def test_who_is_dead_in_the_dialogue_is_suppressed(newsroom: Newsroom, refusing: Refusing) -> None:
    """As by a report. The copy is counted once, as failed: it never came back."""
    newsroom.add(5)
    refusing(readers(1, 3), NOBODY)
    dispatch = newsroom.send()
    assert suppressed(newsroom, 5) == readers(1, 3)
    found = report.report(newsroom.app, dispatch)
    assert (found.status.counts[State.FAILED], found.issue.outline.bounced, found.came_back) == (
        2,
        0,
        {},
    )
    [told] = holdings.of(newsroom.app, "reader1@example.org").reports
    assert (told.status, told.effect) == ("5.1.1", "suppressed")
    newsroom.app.store.unsuppress("reader1@example.org", None, newsroom.app.now())
    refusals.take_in(newsroom.app, dispatch)
    assert suppressed(newsroom, 5) == readers(3)


def left(newsroom: Newsroom, dispatch: int) -> int:
    """What nobody has looked at."""
    mine = schema.refusals.c.dispatch_id == dispatch
    with newsroom.app.database.read() as c:
        return len(c.execute(sa.select(schema.refusals).where(mine)).all())


@pytest.mark.parametrize("reply", [POLICY, FULL], ids=["policy", "full"])
def test_who_is_refused_for_another_reason_is_not(
    newsroom: Newsroom, refusing: Refusing, reply: Reply
) -> None:
    """Whatever its number: words come first."""
    newsroom.add(3)
    refusing(readers(1), reply)
    dispatch = newsroom.send()
    assert left(newsroom, dispatch) == 0
    assert dispatches.of(newsroom.app, dispatch).counts[State.FAILED] == 1
    assert suppressed(newsroom, 3) == set()


def test_a_relay_that_takes_no_copy_at_all_suppresses_nobody(
    newsroom: Newsroom, refusing: Refusing
) -> None:
    newsroom.add(4)
    refusing(readers(*range(4)), NOBODY)
    dispatch = newsroom.send()
    assert (left(newsroom, dispatch), suppressed(newsroom, 4)) == (4, set())


def test_so_many_at_once_are_held(newsroom: Newsroom, refusing: Refusing) -> None:
    """A relay out of order may say it of half of them; an editor decides."""
    newsroom.add(60)
    refusing(readers(*range(30)), NOBODY)
    dispatch = newsroom.send()
    assert suppressed(newsroom, 60) == set()
    [held] = collecting.todo(newsroom.app).held
    assert (held.dispatch_id, held.copies, held.text) == (dispatch, 30, NOBODY.text)
    assert collecting.agree(newsroom.app, f"dispatch-{dispatch}") == 30
    assert suppressed(newsroom, 60) == readers(*range(30))


@contextmanager
def held_up(newsroom: Newsroom) -> Iterator[None]:
    """Somebody else has locked what is to be looked at."""
    database = newsroom.app.database
    fail = "BEFORE DELETE ON refusals BEGIN SELECT raise(ABORT, 'database is locked'); END"
    with database.write() as c:
        c.exec_driver_sql(f"CREATE TRIGGER held_up {fail}")
    yield
    with database.write() as c:
        c.exec_driver_sql("DROP TRIGGER held_up")


def test_what_cannot_be_looked_at_is_said_once_and_made_good_by_the_next_run(
    newsroom: Newsroom, refusing: Refusing
) -> None:
    """Of whatever dispatch. The send itself ends as it would have."""
    newsroom.add(3)
    refusing(readers(1), NOBODY)
    told: list[str] = []
    with held_up(newsroom):
        dispatch = newsroom.send(notice=told.append)
    [line] = told
    assert line.endswith("whose address a relay called dead is suppressed after the next run")
    assert dispatches.of(newsroom.app, dispatch).state is DispatchState.FINISHED
    assert (left(newsroom, dispatch), suppressed(newsroom, 3)) == (1, set())
    newsroom.write("id: 2021-01", "id: 2021-02")
    newsroom.send()
    assert (left(newsroom, dispatch), suppressed(newsroom, 3)) == (0, readers(1))


def test_a_worker_looks_at_what_a_run_has_left(newsroom: Newsroom, refusing: Refusing) -> None:
    """Which may have been killed before it could. Of who was erased meanwhile there is nothing to
    suppress."""
    newsroom.add(4)
    refusing(readers(1, 2), NOBODY)
    with held_up(newsroom):
        dispatch = newsroom.send()
    erasing.erase(newsroom.app, "reader2@example.org")
    worker = Worker(lambda: newsroom.app, Log(Form.TEXT, newsroom.app.now))
    with closing(newsroom.app.liveness()) as liveness:
        worker._tidy(liveness)
    assert (left(newsroom, dispatch), suppressed(newsroom, 2)) == (0, readers(1))
    assert holdings.of(newsroom.app, "reader1@example.org").reports


# As runs find what relays said, of the first twenty readers: in the second dispatch they come in
# the opposite order.
_SAID = (
    "UPDATE attempts SET code = 550, enhanced = '5.1.1', text = 'User unknown'",
    "UPDATE deliveries SET email = 'reader' || 20 - seq || '@example.org' "
    "WHERE dispatch_id = 2 AND seq <= 20",
    "INSERT INTO refusals SELECT dispatch_id, seq FROM attempts",
)


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_workers_whose_runs_end_together_look_at_each_once(
    newsroom: Newsroom, refusing: Refusing, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one dispatch, and of two with the same readers: one report a copy, one suppression a
    reader, and none waits for one that waits for it."""
    monkeypatch.setenv("MAILER_DATABASE__URL", database_url)
    newsroom.app = open_app(newsroom.app.folder)
    newsroom.app.store.create_list("monthly", "Monthly", "monthly.l", newsroom.app.now())
    newsroom.add(40)
    both = []
    for issue in ("2021-01", "2021-02"):
        newsroom.write("id: 2021-01", f"id: {issue}")
        refusing(readers(*range(20)), FULL)
        both.append(newsroom.send())
    with newsroom.app.database.write() as c:
        for statement in _SAID:
            c.exec_driver_sql(statement)
    with newsroom.app.database.read() as c:  # nothing of which is kept
        first, second = ([each.email for each in ledger.read(c, of, 200)] for of in both)
    assert first == second
    assert [left(newsroom, each) for each in both] == [20, 20]
    with ThreadPoolExecutor() as workers:
        list(workers.map(partial(refusals.take_in, newsroom.app), both * 2))
    assert [left(newsroom, each) for each in both] == [0, 0]
    with newsroom.app.database.read() as c:
        assert len(c.execute(sa.select(schema.reports)).all()) == 40
    assert suppressed(newsroom, 40) == readers(*range(20))
    newsroom.app.database.close()
