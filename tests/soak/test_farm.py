"""Four workers on one PostgreSQL, and all that may happen to them, one thing after another."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from farm import Farm, farm, within
from postgresql import Server, running_postgresql

READERS, WORKERS, CONNECTIONS = 100_000, 4, 10
STOPPED, GONE = 15.0, 60.0  # seconds
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
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_to_some_the_others_make_good(tmp_path: Path, seed: int) -> None:
    """Silently lost 0, sent twice 0, uncertain at most one for each connection of those who were
    killed, and of those that the relay cut."""
    moments = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with (
        running_postgresql(settings=()) as server,
        farm(tmp_path, server, WORKERS, READERS, CONNECTIONS, delay=0.02) as made,
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
        found = made.books
        made.end()
    print(
        f"| {seed} | {', '.join(told)} | {found.uncertain} | {allowed} "
        f"| {len(found.lost)} | {len(found.twice)} |"
    )
    found.require_kept(uncertain=allowed, ended=False)
