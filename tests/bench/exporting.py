"""How long a large list takes to go out as CSV, with eight attributes of each person.

    python -m tests.bench.exporting [ROWS]

Beside it, what bare SQLite and the standard library take to write down the same rows as they lie in
the tables. In a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from mailer.database import Database
from subscribers.exporting import exporter
from subscribers.schema import consent_events, lists, subscribers, subscriptions
from subscribers.store import Store
from tests.databases import Files

ROWS = 1_000_000
_LIST = "monthly"
_AT = dt.datetime(2020, 9, 13, tzinfo=dt.UTC)
_PORTION = 10_000
_BARE = (
    "SELECT email, status, confirmed_at, attributes FROM subscriptions "
    "JOIN subscribers ON subscribers.id = subscriber_id"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Seconds of ours and of bare SQLite; our resident octets at most."""

    seconds: float
    bare: float
    resident: int


def measure(folder: Path, rows: int) -> Exported:
    url = Files(folder).migrated()
    with closing(Database(url)) as database:
        _fill(database, rows)
        store = Store(database, lambda: bytes(16))
        with (folder / "ours.csv").open("wb") as file:
            began = time.monotonic()
            exporter.export(store, _LIST, "csv", file)
            seconds = time.monotonic() - began
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return Exported(seconds, _bare(database.path, folder / "bare.csv"), resident)


def _fill(database: Database, rows: int) -> None:
    with database.write() as c:
        names = {"name": _LIST, "title": "M", "list_id": "m.example.org"}
        c.execute(sa.insert(lists).values(id=1, created_at=_AT, **names))
        for first in range(1, rows + 1, _PORTION):
            _insert(c, range(first, min(first + _PORTION, rows + 1)))


def _insert(c: sa.Connection, numbers: range) -> None:
    people = [{"id": n, "email": _address(n), "email_key": _address(n)} for n in numbers]
    about = [person | {"attributes": _attributes(person["id"])} for person in people]
    c.execute(sa.insert(subscribers).values(created_at=_AT, updated_at=_AT), about)
    ties = [{"id": n, "subscriber_id": n, "token": n.to_bytes(16)} for n in numbers]
    confirmed = {"status": "confirmed", "confirmed_at": _AT, "created_at": _AT}
    c.execute(sa.insert(subscriptions).values(list_id=1, **confirmed), ties)
    ground = {"event": "imported", "how": "import", "evidence": "web form on example.org"}
    consents = [{"subscription_id": n} for n in numbers]
    c.execute(sa.insert(consent_events).values(at=_AT, **ground), consents)


def _address(number: int) -> str:
    return f"reader{number}@example{number % 500}.org"


def _attributes(number: int) -> dict[str, str]:
    return {
        **{"first_name": f"R{number}", "last_name": "Quince", "town": "Köln", "country": "DE"},
        **{"company": "Example Ltd", "phone": "+49 221 1234", "plan": "free", "note": "a fair"},
    }


def _bare(database: Path, target: Path) -> float:
    with closing(sqlite3.connect(database)) as connection, target.open("w", newline="") as file:
        began = time.monotonic()
        csv.writer(file).writerows(connection.execute(_BARE))
        return time.monotonic() - began


def lines(rows: int = ROWS) -> list[tuple[str, str, str]]:
    """For `make bench`: name, value, note."""
    few, many = _by_itself(rows // 10), _by_itself(rows)
    note = (
        f"{rows:,} people as CSV; {many.seconds / many.bare:.1f} × bare SQLite; resident "
        f"{many.resident / 1e6:,.0f} MB, {(many.resident - few.resident) / 1e6:,.0f} more than for "
        f"{rows // 10:,}"
    )
    return [("export", f"{many.seconds:.1f} s", note)]


def _by_itself(rows: int) -> Exported:
    words = [sys.executable, "-m", "tests.bench.exporting", f"{rows}"]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return Exported(**json.loads(done.stdout))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), int(sys.argv[1]) if sys.argv[1:] else ROWS)
    print(json.dumps(asdict(found)))
