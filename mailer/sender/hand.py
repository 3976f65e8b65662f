"""A shard in hand: taken, with its due deliveries and the values of their readers."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from mailer.database import Database
from mailer.ledger import shards
from mailer.ledger.liveness import Liveness
from mailer.ledger.prepared import PreparedIn
from mailer.ledger.shards import Due, Grip
from mailer.model.delivery import Envelope
from mailer.model.mailbox import domain_of
from mailer.sender.supply import Supply
from mailer.sender.writer import Clock

Person = tuple[str, Mapping[str, str]]  # address and attributes


@dataclass(frozen=True, slots=True)
class Audience:
    """The subscriber store's two queries, as the ledger's transactions run them.

    `welcome` says which subscriptions may still be mailed; `recipients` gives each one's present
    address and attributes.
    """

    welcome: PreparedIn
    recipients: PreparedIn


@dataclass(slots=True, eq=False)
class Hand:
    """`unsettled` counts the copies that are not yet through: at 0 the shard can be released.
    `aside` holds those whose domain takes nothing for now, by domain."""

    grip: Grip
    due: deque[Due]
    people: Mapping[int, Person]
    aside: dict[str, deque[Due]] = field(default_factory=dict)
    unsettled: int = field(init=False)

    def __post_init__(self) -> None:
        self.unsettled = len(self.due)

    @property
    def set_aside(self) -> int:
        return sum(len(waiting) for waiting in self.aside.values())

    def take(self, most: int, open_to: Callable[[str], bool] | None) -> list[Due]:
        """The next deliveries whose domains are open; those that are not are set aside on the way,
        so that each is looked at once. `open_to` None tells no domains apart."""
        taken: list[Due] = []
        while len(taken) < most and (due := self._next(open_to)) is not None:
            taken.append(due)
        return taken

    def _next(self, open_to: Callable[[str], bool] | None) -> Due | None:
        for domain, waiting in self.aside.items():
            if open_to is None or open_to(domain):
                due = waiting.popleft()
                if not waiting:
                    del self.aside[domain]
                return due
        while self.due:
            due = self.due.popleft()
            if open_to is None or open_to(domain := self.domain(due)):
                return due
            self.aside.setdefault(domain, deque()).append(due)
        return None

    def put_aside(self, due: Due) -> None:
        """It was next, and its domain has closed meanwhile."""
        self.aside.setdefault(self.domain(due), deque()).append(due)

    def domain(self, due: Due) -> str:
        person = self.people.get(due.subscription_id or 0)
        return domain_of(person[0]) if person else ""

    def discard(self) -> None:
        """Leave what is not yet begun to the ledger."""
        self.unsettled -= len(self.due) + self.set_aside
        self.due.clear()
        self.aside.clear()


@dataclass(slots=True)
class DueCopy:
    """A copy that is made and not yet through."""

    hand: Hand
    due: Due
    envelope: Envelope

    @property
    def domain(self) -> str:
        return domain_of(self.envelope.recipient)


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes shards of one dispatch for one sender."""

    supply: Supply
    edition_id: int
    database: Database
    liveness: Liveness
    audience: Audience
    clock: Clock

    def next(self) -> Callable[[sa.Connection], Grip | None]:
        """What takes the next shard with something due; None where none is there just now. Tried
        again, it gives what it took before, where only the answer to that COMMIT got lost."""
        taken: Grip | None = None

        def take(c: sa.Connection) -> Grip | None:
            nonlocal taken
            if taken is None or not shards.is_ours(c, taken):
                taken = self.supply.take(c, self.edition_id, self.liveness, self.clock())
            return taken

        return take

    def read(self, grip: Grip) -> Hand:
        """What a shard that is ours holds. In a transaction of its own, beside the writer's."""
        with self.database.read() as c:
            due = shards.due(c, grip, self.clock())
            return Hand(grip, deque(due), self._people(c, due))

    def goes_on(self, c: sa.Connection) -> bool:
        """Whether there may be another one, though none is there just now."""
        return self.supply.goes_on(c, self.edition_id, self.liveness.name, self.clock())

    def release(self, c: sa.Connection, hand: Hand, rest: float = 0.0) -> None:
        """Give it back; nobody is to take it before `rest` seconds are over."""
        now = self.clock()
        rested = now + dt.timedelta(seconds=rest) if rest else None
        shards.release(c, hand.grip, now, rested)
        self.supply.gave_back(c, hand.grip)

    def _people(self, c: sa.Connection, due: list[Due]) -> dict[int, Person]:
        ids = [d.subscription_id for d in due if d.subscription_id is not None]
        rows = self.audience.recipients.rows(c, (), ids)
        return {subscription: (email, _values(values)) for subscription, email, values in rows}


def _values(attributes: str | Mapping[str, str]) -> Mapping[str, str]:
    """SQLite gives JSON as its text."""
    return json.loads(attributes) if isinstance(attributes, str) else attributes
