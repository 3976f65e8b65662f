"""What one transaction changes in one shard: rows of deliveries, and with them its counters."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.ledger.prepared import Prepared, PreparedValues, Row
from mailer.ledger.schema import attempts, deliveries, dispatches, refusals, shards
from mailer.ledger.shards import Grip
from mailer.model.counted import number
from mailer.model.delivery import DispatchState, State
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
        self._refusals: list[Row] = []
        self._counters = dict.fromkeys(_STATES, 0)
        self._due: list[int] = []

    def move(self, was: State, to: State, seq: int, made: int, not_before: int, reply: str) -> None:
        """`made`: the attempts that were made so far; to `sending` is one more."""
        state = to.value
        attempt = made + (to is State.SENDING)
        self._rows.append((seq, was.value, made, state, attempt, not_before, reply))
        self._counters[was.value] -= 1
        self._counters[state] += 1
        if to is State.DEFERRED:
            self._due.append(not_before)

    def keep(self, seq: int, attempt: int, relay: str, reply: Reply) -> None:
        """What was said to an attempt, also when a later one goes well."""
        said = (reply.code, reply.enhanced, reply.text)
        self._attempts.append((self._grip.dispatch_id, seq, attempt, self.now, relay, *said))

    def refuse(self, seq: int) -> None:
        """What was said is to be looked at."""
        self._refusals.append((self._grip.dispatch_id, seq))

    def write(self, c: sa.Connection, ours: bool = False) -> None:
        """Raises LedgerMismatch where a delivery is not in the state that it is moved from; `ours`:
        also where the shard is no longer ours, or its dispatch not open. The shard comes first, as
        everywhere: who locks it, changes its deliveries alone."""
        if not self._rows:
            return
        grip = self._grip
        shard = (grip.dispatch_id, grip.number)
        if self._count(c, ours) != 1:
            raise LedgerMismatch(f"shard {shard[1]} of dispatch {shard[0]} is not ours, or gone")
        if ours and self._due and not _OPEN.rows(c, (grip.dispatch_id,)):
            raise LedgerMismatch(f"dispatch {shard[0]} is no longer open")
        moved = _MOVE.change(c, (grip.dispatch_id, self.now), self._rows)
        if moved != len(self._rows):
            wanted = number(len(self._rows), "delivery was", "deliveries were")
            raise LedgerMismatch(f"{wanted} to change, and {moved} did")
        if self._due:
            _DUE.change(c, (min(self._due), *shard))
        if self._attempts:
            _KEEP.change(c, (), self._attempts)
        if self._refusals:
            _REFUSE.change(c, (), self._refusals)

    def _count(self, c: sa.Connection, ours: bool) -> int:
        grip = self._grip
        counters = (*self._counters.values(), grip.dispatch_id, grip.number)
        try:
            if ours:
                return _COUNT_OURS.change(c, (*counters, grip.owner, grip.epoch))
            return _COUNT.change(c, counters)
        except sa.exc.IntegrityError as below_zero:
            raise LedgerMismatch("more copies leave a state than are in it") from below_zero


_STATES = tuple(state.value for state in State)


_GIVEN = ("seq", "was", "made", "state", "attempt", "not_before", "reply")


def _move(given: sa.Subquery) -> sa.Update:
    moved = _GIVEN[3:]
    return (
        deliveries.update()
        .where(
            deliveries.c.dispatch_id == sa.bindparam("of_dispatch"),
            deliveries.c.seq == given.c.seq,
            deliveries.c.state == given.c.was,
            deliveries.c.attempt == given.c.made,
        )
        .values({name: given.c[name] for name in moved} | {"changed_at": sa.bindparam("now")})
    )


def _into(table: sa.Table) -> PreparedValues:
    def build(given: sa.Subquery) -> sa.Insert:
        # Rows that fill the statement up are said twice, and each may be inserted once.
        return table.insert().from_select(list(given.c), sa.select(given).distinct())

    return PreparedValues(build, {column.name: column.type for column in table.c})


_LIKE = {"was": "state", "made": "attempt"}
_MOVE = PreparedValues(
    _move,
    {name: deliveries.c[_LIKE.get(name, name)].type for name in _GIVEN},
    *("of_dispatch", "now"),
)
_shard = shards.update().where(
    shards.c.dispatch_id == sa.bindparam("of_dispatch"),
    shards.c.number == sa.bindparam("of_number"),
)
_by = [f"by_{name}" for name in _STATES]
_count = _shard.values({name: shards.c[name] + sa.bindparam(f"by_{name}") for name in _STATES})
_COUNT = Prepared(_count, *_by, "of_dispatch", "of_number")
_COUNT_OURS = Prepared(
    _count.where(
        shards.c.owner == sa.bindparam("of_owner"),
        shards.c.epoch == sa.bindparam("of_epoch"),
        sa.exists().where(
            dispatches.c.id == shards.c.dispatch_id, dispatches.c.state == DispatchState.OPEN
        ),
    ),
    *_by,
    *("of_dispatch", "of_number", "of_owner", "of_epoch"),
)
# Who waited for the shard has seen the dispatch as it was before: in one that was cancelled since,
# what is deferred would never be tried.
_OPEN = Prepared(
    sa.select(dispatches.c.id).where(
        dispatches.c.id == sa.bindparam("of_dispatch"),
        dispatches.c.state == DispatchState.OPEN,
    ),
    "of_dispatch",
)
# A shard is due no later than its first delivery.
_first = sa.bindparam("first", type_=sa.BigInteger)
_DUE = Prepared(
    _shard.where(shards.c.due_at > _first).values(due_at=_first),
    *("first", "of_dispatch", "of_number"),
)
_KEEP, _REFUSE = _into(attempts), _into(refusals)
