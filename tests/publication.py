"""A real publication's database for tests, with confirmed readers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.database import Database
from mailer.ledger import editions, plan
from mailer.ledger.liveness import FileLiveness
from mailer.ledger.plan import Order
from mailer.model.edition import Edition
from mailer.model.slot import RESERVED_SLOTS, Slot, SlotKind
from subscribers.address import parse
from subscribers.admission import NO_ATTRIBUTES, Entry
from subscribers.fingerprint import fingerprints
from subscribers.model import Consent, ConsentChange
from subscribers.store import Store

NOON = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
_CONSENT = Consent("a test", "yes")


def edition(issue_id: str = "2021-01", **changes: Any) -> Edition:
    plain = Edition(
        issue_id=issue_id,
        title="January",
        number=13,
        date=NOON.date(),
        lang="en",
        theme="digest",
        sender="Neurodigest <editor@example.org>",
        reply_to=None,
        subject=("January",),
        html=("<p>Hello ", Slot("first_name", "reader", SlotKind.HTML), "</p>\n"),
        text=("Hello ", Slot("first_name", "reader"), "\n"),
        page="<p>Hello reader</p>",
        pictures=(),
    )
    return dataclasses.replace(plain, **changes)


@dataclass
class Bench:
    """A database, its store and the list `monthly`; senders' files are in `folder`."""

    folder: Path
    database: Database
    store: Store

    def liveness(self, name: str) -> FileLiveness:
        return FileLiveness(self.folder / "mailer.db", name)

    def add(self, count: int, list_name: str = "monthly", start: int = 1) -> None:
        entries = [
            Entry(
                parse(f"reader{n}@example.org"), NO_ATTRIBUTES, _CONSENT, ConsentChange.ADDED, NOON
            )
            for n in range(start, start + count)
        ]
        self.store.roster(list_name).admit(entries, NOON)

    def order(self, issue_id: str = "2021-01", list_name: str = "monthly", **changes: Any) -> Order:
        found = self.store.list(list_name)
        with self.database.write() as c:
            stored = editions.store(c, edition(issue_id, **changes), (), NOON)
        return Order(issue_id, stored, found.id, found.name, found.title, found.list_id)

    def plan(self, issue_id: str = "2021-01", list_name: str = "monthly", **changes: Any) -> int:
        """Plan the issue for the list; `changes` are those of the edition's fields."""
        order = self.order(issue_id, list_name, **changes)
        with self.database.write() as c:
            audience = self.store.audience(list_name)
            count = plan.count(c, audience, issue_id)
            return plan.plan(c, order, audience, NOON, count)


def make(url: str, folder: Path, readers: int = 0) -> Bench:
    """In a fresh database that has its tables already."""
    tokens = itertools.count(1)
    database = Database(url)
    store = Store(
        database,
        lambda: next(tokens).to_bytes(16, "big"),
        RESERVED_SLOTS,
        fingerprint=fingerprints(b"p" * 32),
    )
    bench = Bench(folder, database, store)
    for name in ("monthly", "weekly"):
        store.create_list(name, name.title(), f"{name}.example.org", NOON)
    bench.add(readers)
    return bench
