"""Debian's PostgreSQL with data of its own, beside the system's instance.

It is reached through a socket in its folder, and by whoever its settings let in besides; keeps
nothing through a crash, and ends with the process that started it, however that ends.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from mailer import migrations

_PATIENCE = 30.0
_USER = "postgres"  # it refuses to run as root
HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_SMALL = ("listen_addresses=", "shared_buffers=32MB", "max_connections=200", "autovacuum=off")


_EMPTY_ALL = """
DO $$ DECLARE name text; BEGIN
    SET session_replication_role = replica;  -- in whatever order
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^deliveries_[0-9]+$'
    LOOP EXECUTE format('DROP TABLE %I', name); END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
END $$
"""


@dataclass
class Server:
    """A running PostgreSQL, which gives out databases."""

    folder: Path
    process: subprocess.Popen[bytes]
    settings: Sequence[str]
    under: Sequence[str] = ()
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _used: list[str] = field(default_factory=list)
    _free: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://mailer@/{database}?host={self.folder}"

    def empty(self) -> str:
        """The URL of a fresh database without tables."""
        name = f"empty_{next(self._numbers)}"
        self._run("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def migrated(self) -> str:
        """The URL of a database in this program's shape, without rows; lend it to one test."""
        if self._free:
            name = self._free.pop()
        else:
            name = f"migrated_{next(self._numbers)}"
            self._run("postgres", f"CREATE DATABASE {name}")
            migrations.upgrade(self.url(name))
        self._used.append(name)
        return self.url(name)

    def restart(self, seconds: float) -> None:
        """Gone for so long, in the middle of whatever goes on."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(_PATIENCE)
        time.sleep(seconds)
        self.process = start(self.folder, self.settings, self.under).process

    def take_back(self) -> None:
        """What was lent is emptied for another test: to make it anew takes twenty times as long."""
        while self._used:
            name = self._used.pop()
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            self._run("postgres", f"{others} '{name}'")
            self._run(name, _EMPTY_ALL)
            self._free.append(name)

    def _run(self, database: str, statement: str) -> None:
        where = {"host": str(self.folder), "user": "mailer", "dbname": database}
        with psycopg.connect(**where, autocommit=True) as c:
            c.execute(statement)


@contextlib.contextmanager
def running_postgresql(
    settings: Sequence[str] = HASTY, under: Sequence[str] = ()
) -> Iterator[Server]:
    """It is gone after the block. With the default `settings` it is fast, and not durable. `under`
    is what starts it."""
    programs = _programs()
    # It runs as another user: the folder must be open to that one, unlike pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        _initialise(programs, folder)
        server = start(folder, settings, under)
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGINT)  # without waiting for its clients
            server.process.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, settings: Sequence[str], under: Sequence[str] = ()) -> Server:
    """Serve a folder that holds data; SIGINT or the end of this process ends it."""
    options = [part for setting in (*_SMALL, *settings) for part in ("-c", setting)]
    command = [
        *(*under, *as_other_user("--pdeathsig", "INT")),
        *(str(_programs() / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *options),
    ]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    server = Server(folder, process, settings, under)
    _wait_for(server)
    return server


def _programs() -> Path:
    """The folder with the programs of the newest release; Debian has them in none of PATH's."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    elsewhere = shutil.which("initdb")
    if not found and elsewhere is None:
        pytest.fail("PostgreSQL is missing: run `make setup`")
    return found[-1].parent if found else Path(elsewhere or "").resolve().parent


def as_other_user(*more: str) -> list[str]:
    """The beginning of a command for a program that refuses to run as root."""
    user = ("--reuid", _USER, "--regid", _USER, "--clear-groups") if os.geteuid() == 0 else ()
    return ["setpriv", *user, *more]


def _initialise(programs: Path, folder: Path) -> None:
    command = [
        *as_other_user(),
        *(str(programs / "initdb"), "-D", str(folder / "data"), "--username", "mailer"),
        *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
    ]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if made.returncode:
        pytest.fail(f"PostgreSQL's folder could not be made: {made.stderr}")
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all trust\n")  # of those whom `listen_addresses` lets come


def _wait_for(server: Server) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            server._run("postgres", "SELECT 1")
            return
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")
