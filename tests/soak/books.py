"""What the ledger says of every copy, beside what the relay took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from slowly import EDITOR
from soak.sink import Sink

from mailer.app import open_app
from mailer.database import Database
from mailer.ledger import status
from mailer.model.delivery import DeliveryRow, State

_SETTLED = {State.SENT, State.UNCERTAIN}


@dataclass(frozen=True)
class Books:
    """The counts of the dispatch, the state of every reader's copy, the messages of each reader."""

    counts: Mapping[State, int]
    states: Mapping[str, State]
    taken: Mapping[str, int]

    @property
    def lost(self) -> list[str]:
        """Said to be sent, and never taken."""
        return [a for a, state in self.states.items() if state is State.SENT and not self.taken[a]]

    @property
    def twice(self) -> list[str]:
        """Taken more than once, or taken and still to be sent."""
        return [
            address
            for address, number in self.taken.items()
            if number > 1 or self.states.get(address) not in _SETTLED
        ]

    @property
    def uncertain(self) -> int:
        return self.counts[State.UNCERTAIN]

    @property
    def taken_in_doubt(self) -> int:
        """Copies that the relay has taken, though nobody has written that down."""
        return sum(
            state is State.UNCERTAIN and self.taken[a] > 0 for a, state in self.states.items()
        )

    def require_kept(self, uncertain: int, ended: bool = True) -> None:
        """Nothing lost, nothing twice, at most so many uncertain, and counts that add up. `ended`:
        every copy is sent or uncertain."""
        assert (self.lost, self.twice) == ([], [])
        assert self.uncertain <= uncertain
        assert Counter(self.states.values()) == Counter(
            {state: number for state, number in self.counts.items() if number}
        )
        if ended:
            assert set(self.states.values()) <= _SETTLED


def books(folder: Path, sink: Sink, readers: int) -> Books:
    """Those of the publication's one dispatch, which must have so many copies."""
    with closing(open_app(folder).database) as database:
        return books_in(database, sink, readers)


def books_in(database: Database, sink: Sink, readers: int) -> Books:
    with database.read() as c:
        now = status.status(c)
        states = {row.email: row.state for row in _rows(c, now.id)}
    assert now.id == 1
    assert readers == now.total == sum(now.counts.values()) == len(states)
    taken = Counter(sink.taken)
    del taken[EDITOR]
    return Books(now.counts, states, taken)


def _rows(c: sa.Connection, dispatch_id: int) -> Iterator[DeliveryRow]:
    after = 0
    while page := status.copies(c, dispatch_id, after=after):
        yield from page
        after = page[-1].seq
