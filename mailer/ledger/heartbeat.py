"""Whether the owner of a shard is still alive, where senders share a database and no machine.

Each sender counts up a number of its own. Who watches trusts no clock but its own, and only while
the database answers: a number that did not move over eight seconds of looking at it is a dead
sender's. To be wrong about that costs nothing but doubt, since epochs and attempts decide who may
write what (docs/delivery-states.md).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.ledger import upsert
from mailer.ledger.schema import senders

BEAT, PATIENCE = 1.0, 8.0  # seconds


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of another sender: its number, and for how long that has not moved."""

    beats: int
    quiet: float = 0.0

    def later(self, beats: int, seconds: float) -> Sight:
        return Sight(beats, self.quiet + seconds if beats == self.beats else 0.0)


class Heartbeat:
    """See `Liveness`. A thread of its own beats, and looks at the others, every `beat` seconds."""

    def __init__(
        self,
        database: Database,
        name: str,
        beat: float = BEAT,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises DatabaseError."""
        self._database = database
        self._name = name
        self._every = beat
        self._patience = patience
        self._clock = clock
        self._seen: dict[str, Sight] = {}
        self._looked = clock()
        self._ended = threading.Event()
        self._beat()
        self._thread = threading.Thread(target=self._work, name=f"beat-{name}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        return self._name

    def alive(self, owner: str) -> bool:
        if owner == self._name:
            return True
        sight = self._seen.get(owner)
        if sight is None:  # it may have begun a moment ago
            return self._is_known(owner)
        return sight.quiet < self._patience

    def sweep(self) -> None:
        """One that was only stopped comes back by itself."""
        dead = [name for name, sight in self._seen.items() if sight.quiet >= self._patience]
        if dead:
            with self._database.write() as c:
                c.execute(senders.delete().where(senders.c.name.in_(dead)))

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(DatabaseError), self._database.write() as c:
            c.execute(senders.delete().where(senders.c.name == self._name))

    def _work(self) -> None:
        while not self._ended.wait(self._every):
            # Whoever writes tells of it; who no longer beats is taken for dead.
            with suppress(Exception):
                self._beat()

    def _beat(self) -> None:
        with self._database.write() as c:
            upsert.add(c, senders, {"name": self._name}, "beats", 1)
            found = {row.name: row.beats for row in c.execute(sa.select(senders))}
        now = self._clock()
        # A pause in looking, be it ours or the database's, proves nothing about others.
        seconds = min(now - self._looked, 2 * self._every)
        self._looked = now
        self._seen = {
            name: self._seen.get(name, Sight(beats)).later(beats, seconds)
            for name, beats in found.items()
        }

    def _is_known(self, owner: str) -> bool:
        with self._database.read() as c:
            return c.scalar(sa.select(senders.c.beats).where(senders.c.name == owner)) is not None
