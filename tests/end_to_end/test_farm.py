"""Several workers on one PostgreSQL: what happens to one of them, the others make good."""

from __future__ import annotations

import datetime as dt
import signal
import time
from pathlib import Path

import pytest
from farm import PATIENCE, farm, within
from postgresql import Server

from mailer.ledger.events import Action

pytestmark = pytest.mark.postgresql

READERS, CONNECTIONS = 900, 5


@pytest.mark.slow
def test_the_others_end_the_work_of_one_that_is_killed_and_one_that_is_stopped(
    tmp_path: Path, postgresql_server: Server
) -> None:
    """Without a hand. The one that was stopped says in the end what became of its copies: only
    those of the killed one stay uncertain."""
    with farm(tmp_path, postgresql_server, 3, READERS, CONNECTIONS, delay=0.05) as made:
        made.begin()
        killed, stopped = made.workers.pop(), made.workers[0]
        killed.kill()
        stopped.send_signal(signal.SIGSTOP)
        struck = time.monotonic()
        assert within(PATIENCE, lambda: made.open == 0)
        print(f"settled {time.monotonic() - struck:.1f} s later")
        assert made.books.uncertain <= 2 * CONNECTIONS
        assert made.taken_over >= 2
        stopped.send_signal(signal.SIGCONT)
        assert within(PATIENCE, lambda: made.books.uncertain <= CONNECTIONS)
        made.end()
        made.books.require_kept(uncertain=CONNECTIONS)


@pytest.mark.slow
def test_an_engine_begins_once_on_time_and_goes_on_without_one_that_is_killed(
    tmp_path: Path, postgresql_server: Server
) -> None:
    """Three workers that get their work as jobs, a scheduled send, and a kill in the middle of
    it."""
    size = (3, READERS // 2, CONNECTIONS)
    with farm(tmp_path, postgresql_server, *size, delay=0.05, engine="procrastinate") as made:
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
