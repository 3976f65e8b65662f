"""The sender's transaction: the results of the copies that were on the wire, and the marks of
those that are next. Set-wise, since it runs once for every handful of messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NamedTuple

import sqlalchemy as sa

from mailer.ledger.change import Change
from mailer.ledger.prepared import Prepared, PreparedIn
from mailer.ledger.schema import deliveries, dispatches, shards
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Reply
from subscribers.instant import microseconds

NO_LONGER_WELCOME = "unsubscribed, suppressed or gone since planning"
CANCELLED = "cancelled"
_DOUBTFUL = (State.SENDING, State.UNCERTAIN)
_PERMANENT = 500


class Verdict(Enum):
    """What became of a mark."""

    GRANTED = auto()
    UNWELCOME = auto()  # the reader left meanwhile: the delivery is `skipped` now
    LOST = auto()  # the shard or the delivery is no longer ours, or the dispatch not open


class Result(NamedTuple):
    """What became of the attempt numbered `attempt` (from 1), and what `relay` said to it.

    `not_before` is when a deferred one may be tried again.
    """

    grip: Grip
    seq: int
    attempt: int
    state: State
    not_before: dt.datetime
    reply: Reply
    relay: str


Record = Callable[
    [sa.Connection, Sequence[Result], Sequence[Mark], Collection[int], dt.datetime], list[Verdict]
]


def record(
    c: sa.Connection,
    results: Sequence[Result],
    marks: Sequence[Mark],
    welcome: Collection[int],
    at: dt.datetime,
) -> list[Verdict]:
    """Write all results, then the marks; a verdict for each mark. Only a granted copy may be sent.

    `welcome` holds the subscriptions that may still be mailed.
    """
    verdicts: dict[tuple[int, int], Verdict] = {}
    for turn in _turns(results, marks):
        change = Change(turn.grip, microseconds(at))
        found = _found(c, turn)
        for result in turn.results:
            _settle(result, found.get(result.seq, _NOWHERE), change)
        for mark in turn.marks:
            verdict = _mark(mark, found.get(mark.seq, _NOWHERE), welcome, change)
            verdicts[mark.grip.dispatch_id, mark.seq] = verdict
        change.write(c)
    return [verdicts[mark.grip.dispatch_id, mark.seq] for mark in marks]


def record_unseen(
    c: sa.Connection,
    results: Sequence[Result],
    marks: Sequence[Mark],
    welcome: Collection[int],
    at: dt.datetime,
) -> list[Verdict]:
    """The same without a look at what stands there, since nearly always it is what its sender
    thinks. Raises LedgerMismatch where it is not: then all must be rolled back, and `record` looks.
    """
    for turn in _turns(results, marks):
        change = Change(turn.grip, microseconds(at))
        for result in turn.results:
            _write_down(result, State.SENDING, result.state, str(result.reply), change)
        for mark in turn.marks:
            _grant(mark, welcome, change)
        change.write(c, ours=True)
    return [_verdict(mark, welcome) for mark in marks]


@dataclass(slots=True)
class _Turn:
    """What one transaction is to write into one shard."""

    grip: Grip
    results: list[Result] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def _turns(results: Iterable[Result], marks: Iterable[Mark]) -> Iterable[_Turn]:
    turns: dict[tuple[int, int, int], _Turn] = {}

    def of(grip: Grip) -> _Turn:
        key = (grip.dispatch_id, grip.number, grip.epoch)
        return turns.get(key) or turns.setdefault(key, _Turn(grip))

    for result in results:
        of(result.grip).results.append(result)
    for mark in marks:
        of(mark.grip).marks.append(mark)
    if len(turns) == 1:
        return turns.values()
    return [turns[key] for key in sorted(turns)]  # one order for all, against deadlocks


# A delivery as the transaction finds it: its state and attempt, whether its shard is still ours,
# and the state of its dispatch.
_Found = tuple[str, int, bool, str]
_NOWHERE: _Found = ("", 0, False, "")


_LOCK = Prepared(
    sa.select(shards.c.epoch)
    .where(
        shards.c.dispatch_id == sa.bindparam("dispatch_id"),
        shards.c.number == sa.bindparam("number"),
    )
    .with_for_update(),
    *("dispatch_id", "number"),
)


def _select_found(seqs: Sequence[Any]) -> sa.Select[*tuple[Any, ...]]:
    ours = (shards.c.owner == sa.bindparam("owner")) & (shards.c.epoch == sa.bindparam("epoch"))
    return (
        sa.select(
            *(deliveries.c.seq, deliveries.c.state, deliveries.c.attempt),
            *(ours, dispatches.c.state),
        )
        .join(shards, shards.c.dispatch_id == deliveries.c.dispatch_id)
        .join(dispatches, dispatches.c.id == deliveries.c.dispatch_id)
        .where(
            deliveries.c.dispatch_id == sa.bindparam("dispatch_id"),
            deliveries.c.seq.in_(seqs),
            shards.c.number == sa.bindparam("number"),
        )
    )


_FOUND = PreparedIn(_select_found, "owner", "epoch", "dispatch_id", "number")


def _found(c: sa.Connection, turn: _Turn) -> dict[int, _Found]:
    """The shard is locked before the look, where a database locks rows: a statement that waits for
    a lock sees the other tables as they were when it began."""
    grip = turn.grip
    _LOCK.rows(c, (grip.dispatch_id, grip.number))
    seqs = [result.seq for result in turn.results] + [mark.seq for mark in turn.marks]
    values = (grip.owner, grip.epoch, grip.dispatch_id, grip.number)
    rows = _FOUND.rows(c, values, seqs)
    return {seq: (state, attempt, ours, dispatch) for seq, state, attempt, ours, dispatch in rows}


def _settle(result: Result, found: _Found, change: Change) -> None:
    """Fenced by the attempt alone: an answer from the wire is the truth, whoever owns the shard."""
    was, attempt, _, dispatch = found
    if was not in _DOUBTFUL or attempt != result.attempt:
        return
    state, said = result.state, str(result.reply)
    if state is State.DEFERRED and dispatch == DispatchState.CANCELLED:
        # What would be tried again never will be: the dispatch was cancelled meanwhile.
        state, said = State.SKIPPED, f"{CANCELLED}; {said}"
    _write_down(result, State(was), state, said, change)


def _write_down(result: Result, was: State, state: State, said: str, change: Change) -> None:
    due = microseconds(result.not_before) if state is State.DEFERRED else change.now
    change.move(was, state, result.seq, result.attempt, due, said)
    if state is not State.SENT:
        change.keep(result.seq, result.attempt, result.relay, result.reply)
    if state is State.FAILED and result.reply.code >= _PERMANENT:
        change.refuse(result.seq)


def _mark(mark: Mark, found: _Found, welcome: Collection[int], change: Change) -> Verdict:
    """Fenced by the shard's epoch: a sender that lost its shard marks nothing. One that is made
    already is of a commit whose answer got lost, since nobody else can have made it."""
    was, attempt, ours, dispatch = found
    to, why = _aim(mark, welcome)
    if ours and mark.to is State.SENDING and (was, attempt) == (mark.to, mark.attempt + 1):
        if to is not mark.to:  # nothing of the copy has left
            change.move(mark.to, to, mark.seq, attempt, change.now, why)
        return _verdict(mark, welcome)
    if not ours or dispatch != DispatchState.OPEN:
        return Verdict.LOST
    if (was, attempt) == (mark.was, mark.attempt):
        _grant(mark, welcome, change)
    elif to is State.SENDING or (was, attempt) != (to, mark.attempt):
        return Verdict.LOST
    return _verdict(mark, welcome)


def _aim(mark: Mark, welcome: Collection[int]) -> tuple[State, str]:
    """The state that the delivery is to get, and why."""
    if mark.subscription_id in welcome:
        return mark.to, mark.reason
    return State.SKIPPED, NO_LONGER_WELCOME


def _grant(mark: Mark, welcome: Collection[int], change: Change) -> None:
    to, why = _aim(mark, welcome)
    change.move(mark.was, to, mark.seq, mark.attempt, change.now, why)


def _verdict(mark: Mark, welcome: Collection[int]) -> Verdict:
    return Verdict.GRANTED if mark.subscription_id in welcome else Verdict.UNWELCOME
