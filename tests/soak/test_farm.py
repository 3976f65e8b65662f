"""Four workers on one PostgreSQL, and all that may happen to them, one thing after another."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from farm import PATIENCE, Farm, Worker, farm, within
from ground import ground
from soak.clocks import at

from mailer.ledger.events import Action

READERS, WORKERS, CONNECTIONS = 100_000, 4, 10
DELAY = 0.06  # seconds of the relay for each copy: time enough for all the troubles
STOPPED, GONE = 15.0, 60.0  # seconds
SCHEDULED = 1500  # copies
_LONG = 3600.0


@dataclass
class Trouble:
    """What happens to a farm and its servers; each tells how many copies may be in doubt for it.
    `waits` has the seconds until the others had taken over, of each for whom they did, and
    `returns` those until one that was away had a part again."""

    farm: Farm
    moments: random.Random
    waits: list[float] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)

    def kill(self) -> int:
        """One of the workers, and another comes."""
        worker = self._any_worker()
        self.farm.workers.remove(worker)
        worker.kill()
        self._taken_over(worker)
        self.farm.add_worker()
        return CONNECTIONS

    def stop(self) -> int:
        """One of the workers, long enough to be taken for dead; it comes back and tells."""
        worker = self._any_worker()
        worker.stop()
        self._away(worker, worker.go_on)
        return 0

    def blind(self) -> int:
        """A worker has no database, while its relay answers; nor has that a session of it."""
        worker = self._any_worker()
        worker.place.database.cut()
        self._away(worker, partial(self._see_again, worker))
        return 0

    def mute(self) -> int:
        """A worker has no relay, while it has the database."""
        worker = self._any_worker()
        worker.place.relay.cut()
        self._away(worker, worker.place.relay.mend)
        return 0

    def cut(self) -> int:
        """The relay goes away; what it had not answered is in doubt."""
        in_doubt = len(self.farm.sink.open)
        self.farm.sink.go_away()
        time.sleep(2)
        self.farm.sink.come_back()
        return in_doubt

    def restart(self) -> int:
        """No worker has the database for a minute, nor have the answers of the relay a place."""
        self.farm.ground.server.restart(GONE)
        return 0

    def _any_worker(self) -> Worker:
        return self.moments.choice(self.farm.workers)

    def _away(self, worker: Worker, mend: Callable[[], object]) -> None:
        begun = time.monotonic()
        self._taken_over(worker)
        time.sleep(max(0.0, begun + STOPPED - time.monotonic()))
        mend()
        begun = time.monotonic()
        assert within(PATIENCE, lambda: self.farm.holds(worker) or not self.farm.open)
        self.returns.append(time.monotonic() - begun)

    def _see_again(self, worker: Worker) -> None:
        assert within(PATIENCE, lambda: not self.farm.sessions(worker))
        worker.place.database.mend()

    def _taken_over(self, worker: Worker) -> None:
        """By the others, without a hand."""
        begun = time.monotonic()
        assert within(PATIENCE, lambda: not self.farm.holds(worker))
        self.waits.append(time.monotonic() - begun)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["inline", "procrastinate"])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_to_some_the_others_make_good(
    tmp_path: Path, seed: int, engine: str
) -> None:
    """Silently lost 0, sent twice 0, uncertain at most one for each connection of those who were
    killed, and of those that the relay cut. How soon the others had what one has that is gone is
    told, beside the 15 s that are allowed: how busy the machine is counts too."""
    moments = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with (
        ground(settings=()) as apart,
        farm(tmp_path, apart, WORKERS, READERS, CONNECTIONS, DELAY, engine) as made,
    ):
        trouble = Trouble(made, moments)
        faults = [
            *(trouble.kill, trouble.kill, trouble.stop, trouble.blind, trouble.mute),
            *(trouble.cut, trouble.restart),
        ]
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
    print(f"on {apart.kind}")
    print(
        f"| {engine} {seed} | {', '.join(told)} | {max(trouble.waits):.1f} of 15 s "
        f"| {max(trouble.returns):.1f} s | {found.uncertain} | {allowed} | {len(found.lost)} "
        f"| {len(found.twice)} |"
    )
    found.require_kept(uncertain=allowed, ended=False)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["inline", "procrastinate"])
@pytest.mark.parametrize("moment", ["+1h", "-1h"])
def test_a_schedule_goes_by_the_databases_clock(tmp_path: Path, moment: str, engine: str) -> None:
    """Three workers, for one of which it is another time: the send begins once, and not early. How
    late is told."""
    with (
        ground() as apart,
        farm(tmp_path, apart, 2, SCHEDULED, CONNECTIONS, 0.05, engine) as made,
    ):
        made.add_worker(**at(moment))
        when = made.schedule(dt.timedelta(seconds=10))
        assert within(_LONG, lambda: bool(made.moments(Action.FINISHED)))
        [began] = made.moments(Action.BEGAN)
        assert when <= began
        made.end()
        made.books.require_kept(uncertain=0)
    print(f"| {engine}, {moment} | {(began - when).total_seconds():.1f} s late |")
