"""What one transaction changes in one shard: rows of deliveries, and with them its counters."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.ledger.prepared import Prepared, PreparedValues, Row
from mailer.ledger.schema import attempts, deliveries, shards
from mailer.ledger.shards import Grip
from mailer.model.delivery import State
from mailer.model.outcome import Reply


class LedgerMismatch(RuntimeError):
    """Fewer or more rows changed than were counted: the transaction must be rolled back."""


class Change:
    """Gathers moves from state to state; `now` and all instants are in microseconds."""

    def __init__(self, grip: Grip, now: int) -> None:
        self.now = now
        self._grip = grip
        self._rows: list[Row] = []
        self._attempts: list[Row] = []
        self._counters = dict.fromkeys(_STATES, 0)
        self._due: list[int] = []

    def move(
        self, was: str, to: State, seq: int, attempt: int, not_before: int, reply: str
    ) -> None:
        state = to.value
        self._rows.append((seq, state, attempt, not_before, reply))
        self._counters[was] -= 1
        self._counters[state] += 1
        if to is State.DEFERRED:
            self._due.append(not_before)

    def keep(self, seq: int, attempt: int, relay: str, reply: Reply) -> None:
        """What was said to an attempt, also when a later one goes well."""
        said = (reply.code, reply.enhanced, reply.text)
        self._attempts.append((self._grip.dispatch_id, seq, attempt, self.now, relay, *said))

    def write(self, c: sa.Connection) -> None:
        """Raises LedgerMismatch where other rows would change than were found."""
        if not self._rows:
            return
        shard = (self._grip.dispatch_id, self._grip.number)
        moved = _MOVE.change(c, (self._grip.dispatch_id, self.now), self._rows)
        if moved != len(self._rows):
            raise LedgerMismatch(f"{len(self._rows)} deliveries were to change, and {moved} did")
        if _COUNT.change(c, (*self._counters.values(), *shard)) != 1:
            raise LedgerMismatch(f"shard {shard[1]} of dispatch {shard[0]} is gone")
        if self._due:
            _DUE.change(c, (min(self._due), *shard))
        if self._attempts:
            _KEEP.change(c, (), self._attempts)


_STATES = tuple(state.value for state in State)


def _move(given: sa.Subquery) -> sa.Update:
    moved = ("state", "attempt", "not_before", "reply")
    return (
        deliveries.update()
        .where(
            deliveries.c.dispatch_id == sa.bindparam("of_dispatch"),
            deliveries.c.seq == given.c.seq,
        )
        .values({name: given.c[name] for name in moved} | {"changed_at": sa.bindparam("now")})
    )


def _keep(given: sa.Subquery) -> sa.Insert:
    # Rows that fill the statement up are said twice, and each may be inserted once.
    return attempts.insert().from_select(list(given.c), sa.select(given).distinct())


_MOVE = PreparedValues(
    _move,
    [deliveries.c[name] for name in ("seq", "state", "attempt", "not_before", "reply")],
    *("of_dispatch", "now"),
)
_shard = shards.update().where(
    shards.c.dispatch_id == sa.bindparam("of_dispatch"),
    shards.c.number == sa.bindparam("of_number"),
)
_COUNT = Prepared(
    _shard.values({name: shards.c[name] + sa.bindparam(f"by_{name}") for name in _STATES}),
    *(f"by_{name}" for name in _STATES),
    *("of_dispatch", "of_number"),
)
# A shard is due no later than its first delivery.
_first = sa.bindparam("first", type_=sa.BigInteger)
_DUE = Prepared(
    _shard.where(shards.c.due_at > _first).values(due_at=_first),
    *("first", "of_dispatch", "of_number"),
)
_KEEP = PreparedValues(_keep, list(attempts.c))
