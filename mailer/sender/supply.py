"""Where the runs of a dispatch get their shards from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from mailer.ledger import holders, shards
from mailer.ledger.liveness import Liveness
from mailer.ledger.shards import Grip


class Supply(Protocol):
    """The shards of one dispatch, for one sender. Asked in the transactions of its writer; `now` is
    the time by which copies are due."""

    def take(
        self, c: sa.Connection, edition_id: int, liveness: Liveness, now: dt.datetime
    ) -> Grip | None:
        """The next shard, which is the sender's from then on; None where none is there just now."""
        ...

    def goes_on(self, c: sa.Connection, edition_id: int, owner: str, now: dt.datetime) -> bool:
        """Whether `owner`, who holds none, may yet get one."""
        ...

    def gave_back(self, c: sa.Connection, grip: Grip) -> None:
        """What was taken is free again, with whatever is left in it."""
        ...


@dataclass(frozen=True, slots=True)
class FromLedger:
    """Any shard that is free: what one sender leaves another one finds."""

    dispatch_id: int

    def take(
        self, c: sa.Connection, edition_id: int, liveness: Liveness, now: dt.datetime
    ) -> Grip | None:
        return shards.take(c, self.dispatch_id, edition_id, liveness, now)

    def goes_on(self, c: sa.Connection, edition_id: int, owner: str, _now: dt.datetime) -> bool:
        return holders.held_by_others(c, self.dispatch_id, edition_id, owner)

    def gave_back(self, _c: sa.Connection, _grip: Grip) -> None:
        """The ledger knows."""
