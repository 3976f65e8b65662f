"""One import into a database that is there, in a process of its own, for `moving`."""

from __future__ import annotations

import json
import resource
import secrets
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from mailer.database import Database
from mailer.premises import utc_now
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.store import Store

LIST = "monthly"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of all our processors; octets of memory at most. (The second process
    has a hand in reading, and is gone when the first needs most.)"""

    seconds: float
    cpu: float
    rss: int
    added: int
    unchanged: int


def main(url: str, file: str) -> None:
    database = Database(url)
    store = Store(database, lambda: secrets.token_bytes(16))
    began = time.monotonic()
    report = import_file(store, Path(file), LIST, Wishes(confirmed="a bench"), utc_now())
    seconds = time.monotonic() - began
    database.close()
    own, others = (resource.getrusage(who) for who in (_OURSELVES, _CHILDREN))
    cpu = sum(used.ru_utime + used.ru_stime for used in (own, others))
    rss = own.ru_maxrss * 1024
    print(json.dumps(asdict(Spent(seconds, cpu, rss, report.added, report.unchanged))))


_OURSELVES, _CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN

if __name__ == "__main__":
    main(*sys.argv[1:])
