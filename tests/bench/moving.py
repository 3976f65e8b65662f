"""How long it takes to move in: a large file, and the same again, and out, on both databases.

    python -m tests.bench.moving [ROWS]

Beside it, what the bare database takes for the same rows: `sqlite3`, or COPY.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mailer.database import Database
from mailer.premises import utc_now
from subscribers.store import Store
from tests import postgresql
from tests.bench import bare, exporting
from tests.bench.exporting import Exported
from tests.bench.one_import import LIST, Spent
from tests.databases import Databases, Files

ROWS = 1_000_000
_HEADER = (
    "email",
    "first_name",
    "last_name",
    "city",
    "country",
    "plan",
    "company",
    "joined",
    "notes",
)
_DOMAINS = ("example.org", "example.com", "mail.example.net", "uni.example.edu", "example.co.uk")


@dataclass(frozen=True, slots=True)
class Moved:
    """The first import of so many rows, and that of the same file again; `bare` are the seconds of
    the bare database; the export of all."""

    rows: int
    first: Spent
    again: Spent
    bare: float
    out: Exported

    @property
    def beside(self) -> str:
        """Our rate, and how much of the bare one it is."""
        rate, bare = self.rows / self.first.seconds, self.rows / self.bare
        return f"{rate:,.0f} rows/s, {rate / bare:.2f} of {bare:,.0f}"


def measure(folder: Path, databases: Databases, rows: int = ROWS) -> Moved:
    file, url = _file(folder, rows), _with_a_list(databases)
    first, again = _import(url, file), _import(url, file)
    out = exporting.measure(url, folder)
    return Moved(rows, first, again, bare.seconds(databases.empty(), file), out)


def moved_in(folder: Path, databases: Databases, rows: int) -> str:
    """The URL of a database with so many confirmed people."""
    url = _with_a_list(databases)
    _import(url, _file(folder, rows))
    return url


def _file(folder: Path, rows: int) -> Path:
    file = folder / f"{rows}.csv"
    if not file.exists():
        _write(file, rows)
    return file


def _with_a_list(databases: Databases) -> str:
    url = databases.migrated()
    with closing(Database(url)) as database:
        Store(database, lambda: bytes(16)).create_list(LIST, "M", "m.example.org", utc_now())
    return url


def _import(url: str, file: Path) -> Spent:
    words = (sys.executable, "-m", "tests.bench.one_import", url, str(file))
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return Spent(**json.loads(done.stdout))


def _write(file: Path, rows: int) -> None:
    chance = random.Random(5)  # noqa: S311 - invented people, the same each time
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADER)
        writer.writerows(_person(chance, number) for number in range(rows))


def _person(chance: random.Random, number: int) -> tuple[str, ...]:
    return (
        f"reader{chance.getrandbits(40):x}.{number}@{chance.choice(_DOMAINS)}",
        chance.choice(("Anna", "Jürgen", "Zoé", "Łukasz", "İpek")),
        chance.choice(("Müller", "Lefèvre", "Wójcik", "Yıldız", "Smith")),
        chance.choice(("Köln", "Paris", "Łódź", "London")),
        chance.choice(("DE", "FR", "PL", "GB")),
        chance.choice(("free", "paid")),
        f"Company {number % 5_000}",
        f"20{chance.randint(10, 20)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "" if number % 3 else "met at a fair",
    )


def lines(rows: int = ROWS) -> Iterator[tuple[str, str, str]]:
    """(name, value, note) of each row of the bench."""
    with tempfile.TemporaryDirectory() as name, postgresql.running_postgresql() as server:
        folder = Path(name)
        each = (("SQLite", Files(folder), "sqlite3"), ("PostgreSQL", server, "COPY"))
        for title, databases, peer in each:
            moved = measure(folder, databases, rows)
            yield (
                f"import, {title}",
                f"{moved.first.seconds:.1f} s",
                f"{rows:,} rows, CPU {moved.first.cpu:.1f} s, {moved.first.rss / 1e6:,.0f} MB; "
                f"{moved.beside} by {peer} alone",
            )
            yield (
                "the same again",
                f"{moved.again.seconds:.1f} s",
                f"CPU {moved.again.cpu:.1f} s, {moved.again.unchanged:,} unchanged",
            )
            out = moved.out
            yield (
                "export",
                f"{out.seconds:.1f} s",
                f"{out.people:,} people as CSV, {out.rss / 1e6:,.0f} MB; "
                f"{out.seconds / out.bare:.1f} × {peer} alone",
            )


if __name__ == "__main__":
    for name, value, note in lines(*map(int, sys.argv[1:])):
        print(f"{name:<20}{value:>10}   {note}", flush=True)
