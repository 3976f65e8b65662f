"""Four workers on one PostgreSQL, and all that may happen to them, one thing after another."""

from __future__ import annotations

import datetime as dt
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from farm import Farm, farm, within
from postgresql import Server, running_postgresql
from soak.clocks import at

from mailer.ledger.events import Action

READERS, WORKERS, CONNECTIONS = 100_000, 4, 10
STOPPED, GONE = 15.0, 60.0  # seconds
SCHEDULED, LATE = 1500, 10.0  # copies; seconds
_LONG = 900.0


@dataclass
class Trouble:
    """What happens to a farm and its server; each tells how many copies may be in doubt for it."""

    farm: Farm
    server: Server
    moments: random.Random

    def kill(self) -> int:
        """One of the workers, and another comes."""
        worker = self.farm.workers.pop(self.moments.randrange(WORKERS))
        worker.kill()
        self.farm.add_worker()
        return CONNECTIONS

    def stop(self) -> int:
        """One of the workers, long enough to be taken for dead; it comes back and tells."""
        worker = self.moments.choice(self.farm.workers)
        worker.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED)
        worker.send_signal(signal.SIGCONT)
        return 0

    def cut(self) -> int:
        """The relay goes away; what it had not answered is in doubt."""
        in_doubt = len(self.farm.sink.open)
        self.farm.sink.go_away()
        time.sleep(2)
        self.farm.sink.come_back()
        return in_doubt

    def blind(self) -> int:
        """No worker has the database for a minute, nor have the answers of the relay a place."""
        self.server.restart(GONE)
        return 0


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["inline", "procrastinate"])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_to_some_the_others_make_good(
    tmp_path: Path, seed: int, engine: str
) -> None:
    """Silently lost 0, sent twice 0, uncertain at most one for each connection of those who were
    killed, and of those that the relay cut."""
    moments = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with (
        running_postgresql(settings=()) as server,
        farm(tmp_path, server, WORKERS, READERS, CONNECTIONS, 0.02, engine) as made,
    ):
        trouble = Trouble(made, server, moments)
        faults = [trouble.kill, trouble.kill, trouble.stop, trouble.cut, trouble.blind]
        moments.shuffle(faults)
        made.begin()
        allowed, told = 0, []
        for fault in faults:
            time.sleep(moments.uniform(1, 4))
            told.append(f"{fault.__name__} at {made.open:,}")
            assert made.open
            allowed += fault()
        assert within(_LONG, lambda: made.open == 0)
        made.end()  # what was deferred may be due by now, and go while the books are read
        found = made.books
    print(
        f"| {engine} {seed} | {', '.join(told)} | {found.uncertain} | {allowed} "
        f"| {len(found.lost)} | {len(found.twice)} |"
    )
    found.require_kept(uncertain=allowed, ended=False)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["inline", "procrastinate"])
@pytest.mark.parametrize("moment", ["+1h", "-1h"])
def test_a_schedule_goes_by_the_databases_clock(tmp_path: Path, moment: str, engine: str) -> None:
    """Three workers, for one of which it is another time: the send begins once, and neither early
    nor late."""
    with (
        running_postgresql() as server,
        farm(tmp_path, server, 2, SCHEDULED, CONNECTIONS, 0.05, engine) as made,
    ):
        made.add_worker(**at(moment))
        when = made.schedule(dt.timedelta(seconds=10))
        assert within(_LONG, lambda: bool(made.moments(Action.FINISHED)))
        [began] = made.moments(Action.BEGAN)
        assert when <= began < when + dt.timedelta(seconds=LATE)
        made.end()
        made.books.require_kept(uncertain=0)
    print(f"| {engine}, {moment} | {(began - when).total_seconds():.1f} s late |")
