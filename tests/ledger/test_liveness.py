"""Who is alive: the lock of a file and the heartbeat in a database keep the same promises."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import migrated_file
from program import environment

from mailer.database import Database
from mailer.ledger.heartbeat import Heartbeat, Sight
from mailer.ledger.liveness import FileLiveness, Liveness
from mailer.ledger.schema import senders

_BEAT, _PATIENCE = 0.05, 1.0  # seconds
_BOB = """
import sys, time
from pathlib import Path
from mailer.database import Database
from mailer.ledger.heartbeat import Heartbeat
from mailer.ledger.liveness import FileLiveness
where = sys.argv[1]
bob = Heartbeat(Database(where), "bob", 0.05) if "//" in where else FileLiveness(Path(where), "bob")
print("ready", flush=True)
time.sleep(60)
"""


@dataclass
class Kind:
    """One kind of liveness: how it is made, and `where` another process finds the same."""

    make: Callable[[str], Liveness]
    where: str


@contextmanager
def another_process(kind: Kind) -> Iterator[subprocess.Popen[str]]:
    """In which bob is alive."""
    command = [sys.executable, "-c", _BOB, kind.where]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as bob:
        assert bob.stdout is not None
        assert bob.stdout.readline() == "ready\n"
        yield bob
        bob.kill()


def soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Contract:
    """What holds for both kinds."""

    def test_who_began_is_alive_at_once_and_dead_after_the_end(self, kind: Kind) -> None:
        """As others see it; and each knows of itself."""
        with closing(kind.make("ann")) as ann:
            bob = kind.make("bob")
            assert ann.name == "ann"
            assert ann.alive("ann")
            assert ann.alive("bob")
            bob.close()
            assert soon(lambda: not ann.alive("bob"))
            with closing(kind.make("bob")):
                assert soon(lambda: ann.alive("bob"))

    def test_nobody_of_that_name_is_dead(self, kind: Kind) -> None:
        with closing(kind.make("ann")) as ann:
            assert not ann.alive("nobody")

    def test_a_process_that_is_killed_is_found_dead(self, kind: Kind) -> None:
        """Without a farewell."""
        with closing(kind.make("ann")) as ann, another_process(kind) as bob:
            assert ann.alive("bob")
            bob.send_signal(signal.SIGKILL)
            assert soon(lambda: not ann.alive("bob"))
            ann.sweep()
            assert not ann.alive("bob")


class TestFiles(Contract):
    @pytest.fixture
    def kind(self, tmp_path: Path) -> Kind:
        path = tmp_path / "mailer.db"
        return Kind(partial(FileLiveness, path), str(path))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as database:
        yield database


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
class TestHeartbeats(Contract):
    @pytest.fixture
    def kind(self, database: Database) -> Kind:
        def make(name: str) -> Heartbeat:
            return Heartbeat(database, name, _BEAT, _PATIENCE)

        return Kind(make, database.url.render_as_string(hide_password=False))

    def test_one_that_was_stopped_and_swept_away_comes_back(self, kind: Kind) -> None:
        """SIGSTOP looks like death; it beats again under its own name."""
        with closing(kind.make("ann")) as ann, another_process(kind) as bob:
            bob.send_signal(signal.SIGSTOP)
            assert soon(lambda: not ann.alive("bob"))
            ann.sweep()
            bob.send_signal(signal.SIGCONT)
            assert soon(lambda: ann.alive("bob"))


class Slowly:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_time_in_which_nobody_looked_proves_nothing(database: Database) -> None:
    """The watcher was stopped, or the database was away: others may not have been able to beat."""
    clock = Slowly()
    with closing(Heartbeat(database, "ann", 60, 400, clock)) as ann:
        with database.write() as c:
            c.execute(senders.insert().values(name="bob", beats=5))
        ann._beat()
        for clock.now in (1000.0, 2000.0, 3000.0):  # each counts as two beats, 120 seconds
            ann._beat()
        assert ann.alive("bob")
        clock.now += 60
        ann._beat()
        assert not ann.alive("bob")


def test_a_number_that_moves_begins_anew() -> None:
    """Whatever it was, and however far it moved."""
    quiet = Sight(5).later(5, 3).later(5, 4)
    assert quiet == Sight(5, 7)
    assert quiet.later(4, 1) == Sight(4)


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ("ALTER TABLE senders RENAME TO away", "ALTER TABLE away RENAME TO senders"),
        (
            "CREATE TRIGGER odd BEFORE UPDATE ON senders BEGIN SELECT RAISE(ABORT, 'odd'); END",
            "DROP TRIGGER odd",
        ),
    ],
)
def test_a_database_that_is_away_for_a_while_ends_no_heart(
    tmp_path: Path, away: str, back: str
) -> None:
    """It beats on when the database is back, whatever that one said."""
    url = migrated_file(tmp_path / "mailer.db")
    with closing(Database(url)) as database, closing(Heartbeat(database, "ann", _BEAT)):
        with database.write() as c:
            c.exec_driver_sql(away)
        time.sleep(4 * _BEAT)
        with database.write() as c:
            c.exec_driver_sql(back)
            before = c.scalar(sa.select(senders.c.beats))

        def beats() -> bool:
            with database.read() as c:
                return bool(c.scalar(sa.select(senders.c.beats)) != before)

        assert soon(beats)
