"""A dry run: every row is weighed as an import would, and nothing is written.

What earlier rows would have changed is kept aside, in a private file of SQLite's that vanishes,
so that a row which comes twice counts as it would, and memory does not grow with the file.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from subscribers.admission import Admissions, Entry, Standing, weigh
from subscribers.model import SubscriptionStatus
from subscribers.roster import Roster


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Stands in for a roster."""

    roster: Roster
    aside: sqlite3.Connection

    def admit(self, entries: Sequence[Entry], at: dt.datetime) -> Admissions:
        keys = {entry.address.key for entry in entries}
        with self.roster.database.read() as connection:
            before = self.roster.standings(connection, keys, lock=False)
        admissions = weigh(before | self._recalled(keys), entries)
        self._remember(admissions)
        return admissions

    def _recalled(self, keys: Collection[str]) -> dict[str, Standing]:
        query = (
            "SELECT key, attributes, status FROM standing "
            "WHERE key IN (SELECT value FROM json_each(?))"
        )
        rows = self.aside.execute(query, [json.dumps(list(keys))])
        return {
            key: Standing(attributes=json.loads(attributes), status=SubscriptionStatus(status))
            for key, attributes, status in rows
        }

    def _remember(self, admissions: Admissions) -> None:
        self.aside.executemany(
            "INSERT OR REPLACE INTO standing VALUES (?, ?, ?)",
            (
                (key, json.dumps(dict(after.attributes)), after.status)
                for key, _, after in admissions.changed()
            ),
        )


@contextmanager
def rehearsal(roster: Roster) -> Iterator[Rehearsal]:
    aside = sqlite3.connect("", isolation_level=None)
    try:
        aside.execute("CREATE TABLE standing (key TEXT PRIMARY KEY, attributes TEXT, status TEXT)")
        yield Rehearsal(roster, aside)
    finally:
        aside.close()
