"""An import that is ended from outside: no half row, and the same command finishes the job."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path

import pytest
from warm import Warm

from mailer.desk import setup

_READERS = 3_000
# Starts the program with small chunks.
_SMALL = (
    *(sys.executable, "-c"),
    "import sys; from mailer.cli.main import run; from subscribers.importing import importer; "
    "importer.CHUNK = 250; run(sys.argv[sys.argv.index('mailer') + 1 :])",
)
pytestmark = pytest.mark.slow


@pytest.fixture
def program(tmp_path: Path) -> Warm:
    setup.init(tmp_path / "news", example=False).database.close()
    return Warm(tmp_path / "news")


def _words(program: Warm, notes: int) -> tuple[str, ...]:
    """The import of a file whose rows have so many characters more."""
    file = program.folder / "readers.csv"
    rows = "".join(f"reader{n}@example.org,{'x' * notes}\n" for n in range(_READERS))
    file.write_text(f"email,notes\n{rows}", encoding="utf-8")
    return ("subscriber", "import", str(file), "--confirmed", "a form", "--json")


def _rows(program: Warm) -> tuple[int, ...]:
    """How many people, subscriptions and consents there are."""
    connection = sqlite3.connect(program.folder / "mailer.db")
    try:
        tables = ("subscribers", "subscriptions", "consent_events")
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 # ours
            for table in tables
        )
    finally:
        connection.close()


def _finishes(program: Warm, words: tuple[str, ...], kept: int) -> None:
    report = json.loads(program.ok(*words))
    assert (report["added"], report["unchanged"]) == (_READERS - kept, kept)
    assert _rows(program) == (_READERS,) * 3


def test_a_killed_import_leaves_whole_chunks(program: Warm) -> None:
    words = _words(program, 1_000)
    process = program.start(*words, under=_SMALL)
    while process.poll() is None and not _rows(program)[0]:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    kept = _rows(program)
    assert len(set(kept)) == 1
    assert 0 < kept[0] < _READERS
    _finishes(program, words, kept[0])


def test_a_full_disk_is_told_in_a_line(program: Warm) -> None:
    """The system lets no file grow beyond so many octets: where rows are long, those that are put
    aside take more; where they are short, the database with its indexes does."""
    full = ("prlimit", "--fsize=1000000", *_SMALL)
    for notes, said in ((1_000, "cannot be put aside"), (0, "mailer.db: ")):
        words = _words(program, notes)
        ended = program.run(*words, under=full)
        assert ended.returncode == 1
        assert said in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
    kept = _rows(program)
    assert len(set(kept)) == 1
    _finishes(program, words, kept[0])
