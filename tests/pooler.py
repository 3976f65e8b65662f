"""Debian's PgBouncer in front of a PostgreSQL of the tests. It has one connection to the server for
each database, and lends it for a transaction at a time."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
from postgresql import Server, as_other_user

_PROGRAM = "/usr/sbin/pgbouncer"  # as Debian has it
_PATIENCE = 30.0
_SETTINGS = """\
[databases]
* = host={folder} user=mailer pool_size=1
[pgbouncer]
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
"""


@contextlib.contextmanager
def running_pgbouncer(server: Server) -> Iterator[str]:
    """What the URL of a database ends with that goes through it; it is gone after the block."""
    settings = server.folder / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(folder=server.folder))
    command = [*as_other_user("--pdeathsig", "INT"), _PROGRAM, "-q", str(settings)]
    with (server.folder / "pgbouncer.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=server.folder, stdout=log, stderr=log)
    try:
        _wait_for(server, process)
        yield f"host={server.folder}&port=6432"
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    where = {"host": str(server.folder), "port": 6432, "user": "mailer", "dbname": "postgres"}
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(**where):
            return
        time.sleep(0.05)
    pytest.fail(f"PgBouncer did not start: {(server.folder / 'pgbouncer.log').read_text()}")
