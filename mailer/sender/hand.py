"""A shard in hand: taken, with its due deliveries and the values of their readers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from mailer.ledger import shards
from mailer.ledger.liveness import Liveness
from mailer.ledger.shards import Due, Grip
from mailer.sender.writer import Clock, Welcome

Recipients = Callable[[Sequence[int]], sa.Select[int, str, Any]]


@dataclass(frozen=True, slots=True)
class Audience:
    """The subscriber store's two questions, as queries that the ledger's transactions run.

    `welcome` says which subscriptions may still be mailed; `recipients` gives each one's present
    address and attributes.
    """

    welcome: Welcome
    recipients: Recipients


@dataclass(slots=True)
class Hand:
    """`unsettled` counts the copies that are not yet through: at 0 the shard can be released."""

    grip: Grip
    due: deque[Due]
    people: Mapping[int, tuple[str, Mapping[str, str]]]
    unsettled: int = field(init=False)

    def __post_init__(self) -> None:
        self.unsettled = len(self.due)

    def discard(self) -> None:
        """Leave what is not yet begun to the ledger."""
        self.unsettled -= len(self.due)
        self.due.clear()


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes shards of one dispatch for one sender."""

    dispatch_id: int
    liveness: Liveness
    audience: Audience
    clock: Clock

    def take(self, c: sa.Connection) -> Hand | None:
        """The next shard with something due; None where no shard is free."""
        now = self.clock()
        grip = shards.take(c, self.dispatch_id, self.liveness, now)
        if grip is None:
            return None
        due = shards.due(c, grip, now)
        return Hand(grip, deque(due), self._people(c, due))

    def shared(self, c: sa.Connection) -> bool:
        """Whether other senders hold shards of this dispatch."""
        return shards.held_by_others(c, self.dispatch_id, self.liveness.name)

    def release(self, c: sa.Connection, hand: Hand) -> None:
        shards.release(c, hand.grip, self.clock())

    def _people(self, c: sa.Connection, due: list[Due]) -> dict[int, tuple[str, Mapping[str, Any]]]:
        ids = [d.subscription_id for d in due if d.subscription_id is not None]
        rows = c.execute(self.audience.recipients(ids))
        return {subscription: (email, attributes) for subscription, email, attributes in rows}
