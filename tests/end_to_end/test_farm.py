"""Several workers on one PostgreSQL, each on a host of its own where that is possible: what happens
to one of them, the others make good."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from farm import PATIENCE, farm, within
from ground import Ground, ground

from mailer.ledger.events import Action

pytestmark = pytest.mark.postgresql

READERS, CONNECTIONS = 900, 5


@pytest.fixture(scope="module")
def hosts() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.mark.slow
def test_the_others_end_the_work_of_one_that_is_killed_and_one_that_is_cut_off(
    tmp_path: Path, hosts: Ground
) -> None:
    """Whatever one sends to the database vanishes, and nothing is closed. The others go on without
    a hand, and the server keeps nothing of it; it says what is wrong, and once it has the database
    again, what became of its copies. Those of the killed one stay uncertain, and those whose marks
    were written when it was cut off, and not answered: they never left."""
    with farm(tmp_path, hosts, 3, READERS, CONNECTIONS, delay=0.05) as made:
        made.begin()
        made.workers.pop().kill()
        lost = made.workers[0]
        lost.place.database.cut()
        struck = time.monotonic()
        assert within(PATIENCE, lambda: made.open == 0)
        print(f"settled {time.monotonic() - struck:.1f} s later, on {hosts.kind}")
        assert made.books.uncertain <= 2 * CONNECTIONS
        assert made.taken_over >= 2
        assert within(PATIENCE, lambda: not made.sessions(lost))
        lost.place.database.mend()
        assert within(PATIENCE, lambda: made.books.taken_in_doubt <= CONNECTIONS)
        assert within(PATIENCE, lambda: made.beats(lost))
        said = made.end()
        made.books.require_kept(uncertain=2 * CONNECTIONS, ended=False)
    assert "nothing is begun until that is mended" in said
    assert "the database is back: going on" in said


@pytest.mark.slow
def test_an_engine_begins_once_on_time_and_goes_on_without_one_that_is_killed(
    tmp_path: Path, hosts: Ground
) -> None:
    """Three workers that get their work as jobs, a scheduled send, and a kill in the middle of
    it."""
    size = (3, READERS // 2, CONNECTIONS)
    with farm(tmp_path, hosts, *size, delay=0.05, engine="procrastinate") as made:
        when = made.schedule(dt.timedelta(seconds=2))
        made.kill_one()
        struck = time.monotonic()
        assert within(PATIENCE, lambda: made.open == 0)
        print(f"settled {time.monotonic() - struck:.1f} s later")
        [began] = made.moments(Action.BEGAN)
        assert when <= began
        print(f"began {(began - when).total_seconds():.1f} s late")
        made.end()
        made.books.require_kept(uncertain=CONNECTIONS)
