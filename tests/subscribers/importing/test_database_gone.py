"""PostgreSQL goes away under an import: one line says so, and the same command finishes the job."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from postgresql import Server
from warm import Warm

from mailer.desk import setup

_READERS = 6_000
_COUNTS = (
    "SELECT (SELECT count(*) FROM subscribers), (SELECT count(*) FROM subscriptions), "
    "(SELECT count(*) FROM consent_events)"
)
# Starts the program with small chunks.
_SMALL = (
    *(sys.executable, "-c"),
    "import sys; from mailer.cli.main import run; from subscribers.importing import importer; "
    "importer.CHUNK = 100; run(sys.argv[sys.argv.index('mailer') + 1 :])",
)
pytestmark = [pytest.mark.slow, pytest.mark.postgresql]


@pytest.fixture
def url(postgresql_server: Server) -> str:
    return postgresql_server.empty()


@pytest.fixture
def program(tmp_path: Path, url: str) -> Warm:
    """A publication that has moved there."""
    setup.init(tmp_path / "news", example=False).database.close()
    Warm(tmp_path / "news").ok("db", "copy", url)
    return Warm(tmp_path / "news", {"MAILER_DATABASE__URL": url})


def _counts(url: str) -> tuple[int, ...]:
    """Of people, subscriptions and consents."""
    with psycopg.connect(url.replace("+psycopg", "", 1)) as c:
        return tuple(c.execute(_COUNTS).fetchone() or ())


def _lose_connections(server: Server) -> None:
    with psycopg.connect(host=str(server.folder), user="mailer", dbname="postgres") as c:
        c.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ~ 'empty'")


def _restart(server: Server) -> None:
    server.restart(0.5)


@pytest.mark.parametrize("lose", [_lose_connections, _restart])
def test_the_same_command_finishes_the_job(
    program: Warm, url: str, postgresql_server: Server, lose: Callable[[Server], None]
) -> None:
    file = program.folder / "readers.csv"
    rows = "".join(f"reader{n}@example.org,{n}\n" for n in range(_READERS))
    file.write_text(f"email,number\n{rows}", encoding="utf-8")
    words = ("subscriber", "import", str(file), "--confirmed", "a form", "--json")
    process = program.start(*words, under=_SMALL)
    while process.poll() is None and not _counts(url)[0]:
        time.sleep(0.005)
    lose(postgresql_server)
    _, said = process.communicate()
    assert (process.returncode, len(said.splitlines())) == (1, 1), said
    assert said.startswith("mailer: postgresql+psycopg://mailer@/")
    assert said.endswith("it went away: once it is back, the same command goes on\n")
    kept = _counts(url)
    assert len(set(kept)) == 1
    assert 0 < kept[0] < _READERS
    report = json.loads(program.ok(*words))
    assert (report["added"], report["unchanged"]) == (_READERS - kept[0], kept[0])
    assert _counts(url) == (_READERS,) * 3
