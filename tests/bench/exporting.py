"""One export of a database that is there, as CSV, in a process of its own, for `moving`; and what
the bare database takes to write down the same rows as they lie in its tables."""

from __future__ import annotations

import csv
import json
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailer.database import Database
from subscribers.exporting import exporter
from subscribers.store import Store
from tests.bench.one_import import LIST

_ROWS = (
    "SELECT email, status, confirmed_at, attributes FROM subscriptions "
    "JOIN subscribers ON subscribers.id = subscriber_id"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Seconds of ours and of the bare database; octets of memory at most, of either of our
    processes."""

    people: int
    seconds: float
    bare: float
    rss: int


def measure(url: str, folder: Path) -> Exported:
    words = (sys.executable, "-m", "tests.bench.exporting", url, str(folder))
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    return Exported(**json.loads(done.stdout))


def _export(url: str, folder: Path) -> Exported:
    with closing(Database(url)) as database, (folder / "ours.csv").open("wb") as file:
        store = Store(database, lambda: bytes(16))
        began = time.monotonic()
        done = exporter.export(store, LIST, "csv", file)
        seconds = time.monotonic() - began
        rss = max(resource.getrusage(who).ru_maxrss for who in _PROCESSES) * 1024
        bare = _bare(database, folder / "bare.csv")
        return Exported(done.written, seconds, bare, rss)


_PROCESSES = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def _bare(database: Database, target: Path) -> float:
    """Of SQLite with the standard library; of PostgreSQL's COPY, written by the server."""
    began = time.monotonic()
    if database.is_sqlite:
        with closing(sqlite3.connect(database.path)) as own, target.open("w", newline="") as file:
            csv.writer(file).writerows(own.execute(_ROWS))
    else:
        with closing(database.engine.raw_connection()) as pooled, target.open("wb") as file:
            driver: Any = pooled.driver_connection
            with driver.cursor().copy(f"COPY ({_ROWS}) TO STDOUT (FORMAT csv)") as copy:
                file.writelines(copy)
    return time.monotonic() - began


if __name__ == "__main__":
    print(json.dumps(asdict(_export(sys.argv[1], Path(sys.argv[2])))))
