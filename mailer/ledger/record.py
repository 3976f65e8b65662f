"""The sender's transaction: the results of the copies that were on the wire, and the marks of
those that are next. Set-wise, since it runs once for every handful of messages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

import sqlalchemy as sa

from mailer.ledger.schema import deliveries, dispatches, shards
from mailer.ledger.shards import Grip
from mailer.model.delivery import DispatchState, State

NO_LONGER_WELCOME = "unsubscribed, suppressed or gone since planning"
CANCELLED = "cancelled"


class LedgerMismatch(RuntimeError):
    """Fewer or more rows changed than were counted: the transaction must be rolled back."""


class Verdict(Enum):
    """What became of a mark."""

    GRANTED = auto()
    UNWELCOME = auto()  # the reader left meanwhile: the delivery is `skipped` now
    LOST = auto()  # the shard or the delivery is no longer ours, or the dispatch not open


@dataclass(frozen=True, slots=True)
class Mark:
    """A delivery on its way from `was` to `to`: `sending`, or an end before it was ever sent."""

    grip: Grip
    seq: int
    attempt: int  # attempts made so far
    was: State
    subscription_id: int | None
    to: State = State.SENDING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the attempt numbered `attempt` (from 1)."""

    grip: Grip
    seq: int
    attempt: int
    state: State
    not_before: dt.datetime
    reply: str


_Entry = TypeVar("_Entry", Mark, Result)


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
    for grip, group in _by_grip(results):
        _settle(c, grip, group, at)
    verdicts: dict[tuple[Grip, int], Verdict] = {}
    for grip, wanted in _by_grip(marks):
        if _holds(c, grip):
            for seq, verdict in _mark(c, grip, wanted, welcome, at).items():
                verdicts[grip, seq] = verdict
    return [verdicts.get((mark.grip, mark.seq), Verdict.LOST) for mark in marks]


def _by_grip(entries: Iterable[_Entry]) -> Iterable[tuple[Grip, list[_Entry]]]:
    groups: defaultdict[Grip, list[_Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.grip].append(entry)
    return groups.items()


def _settle(c: sa.Connection, grip: Grip, results: list[Result], at: dt.datetime) -> None:
    """Fenced by the attempt alone: an answer from the wire is the truth, whoever owns the shard."""
    ours = _states(c, grip, [result.seq for result in results])
    doubtful = (State.SENDING, State.UNCERTAIN)
    settled = [
        result
        for result in results
        if ours.get(result.seq) in {(state, result.attempt) for state in doubtful}
    ]
    if any(result.state is State.DEFERRED for result in settled) and _is_cancelled(c, grip):
        settled = [_given_up(result) for result in settled]
    _write_rows(
        c, [_row(grip, r.seq, r.state, r.attempt, r.not_before, r.reply, at) for r in settled]
    )
    _move_counters(c, grip, Counter((ours[r.seq][0], r.state) for r in settled))
    again = [r.not_before for r in settled if r.state is State.DEFERRED]
    if again:
        _due_from(c, grip, min(again))


def _is_cancelled(c: sa.Connection, grip: Grip) -> bool:
    query = sa.select(dispatches.c.state).where(dispatches.c.id == grip.dispatch_id)
    return c.scalar(query) == DispatchState.CANCELLED


def _given_up(result: Result) -> Result:
    """What would be tried again never will be: the dispatch was cancelled meanwhile."""
    if result.state is not State.DEFERRED:
        return result
    return dataclasses.replace(result, state=State.SKIPPED, reply=f"{CANCELLED}; {result.reply}")


def _due_from(c: sa.Connection, grip: Grip, not_before: dt.datetime) -> None:
    """The shard is due no later than its first delivery."""
    later = (*_shard(grip), shards.c.due_at > not_before)
    c.execute(shards.update().where(*later).values(due_at=not_before))


def _mark(
    c: sa.Connection, grip: Grip, marks: list[Mark], welcome: Collection[int], at: dt.datetime
) -> dict[int, Verdict]:
    now = _states(c, grip, [mark.seq for mark in marks])
    valid = [mark for mark in marks if now.get(mark.seq) == (mark.was, mark.attempt)]
    refused = {mark.seq for mark in valid if mark.subscription_id not in welcome}
    ends = {m.seq: State.SKIPPED if m.seq in refused else m.to for m in valid}
    rows = [
        _row(
            *(grip, mark.seq, ends[mark.seq], mark.attempt + (ends[mark.seq] is State.SENDING)),
            *(at, NO_LONGER_WELCOME if mark.seq in refused else mark.reason, at),
        )
        for mark in valid
    ]
    _write_rows(c, rows)
    _move_counters(c, grip, Counter((mark.was, ends[mark.seq]) for mark in valid))
    return {
        mark.seq: Verdict.UNWELCOME if mark.seq in refused else Verdict.GRANTED for mark in valid
    }


def _holds(c: sa.Connection, grip: Grip) -> bool:
    """Whether the shard is still ours and its dispatch open; the row stays locked until commit."""
    query = (
        sa.select(shards.c.number)
        .join(dispatches, dispatches.c.id == shards.c.dispatch_id)
        .where(
            shards.c.dispatch_id == grip.dispatch_id,
            shards.c.number == grip.number,
            shards.c.owner == grip.owner,
            shards.c.epoch == grip.epoch,
            dispatches.c.state == DispatchState.OPEN,
        )
        .with_for_update(of=shards)
    )
    return c.scalar(query) is not None


def _states(c: sa.Connection, grip: Grip, seqs: list[int]) -> dict[int, tuple[State, int]]:
    columns = (deliveries.c.seq, deliveries.c.state, deliveries.c.attempt)
    query = sa.select(*columns).where(
        deliveries.c.dispatch_id == grip.dispatch_id, deliveries.c.seq.in_(seqs)
    )
    rows = c.execute(query.with_for_update())
    return {seq: (State(state), attempt) for seq, state, attempt in rows}


_WRITE_ROW = (
    deliveries.update()
    .where(deliveries.c.dispatch_id == sa.bindparam("b_dispatch"))
    .where(deliveries.c.seq == sa.bindparam("b_seq"))
    .values(
        state=sa.bindparam("b_state"),
        attempt=sa.bindparam("b_attempt"),
        not_before=sa.bindparam("b_not_before"),
        reply=sa.bindparam("b_reply"),
        changed_at=sa.bindparam("b_at"),
    )
)


def _row(
    grip: Grip,
    seq: int,
    state: State,
    attempt: int,
    not_before: dt.datetime,
    reply: str,
    at: dt.datetime,
) -> dict[str, Any]:
    return {
        "b_dispatch": grip.dispatch_id,
        "b_seq": seq,
        "b_state": state.value,
        "b_attempt": attempt,
        "b_not_before": not_before,
        "b_reply": reply,
        "b_at": at,
    }


def _write_rows(c: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows and c.execute(_WRITE_ROW, rows).rowcount != len(rows):
        raise LedgerMismatch(f"{len(rows)} deliveries were to change, and others did")


def _move_counters(c: sa.Connection, grip: Grip, moves: Counter[tuple[State, State]]) -> None:
    change: Counter[State] = Counter()
    for (was, to), number in moves.items():
        change[was] -= number
        change[to] += number
    values = {state.value: shards.c[state.value] + n for state, n in change.items() if n}
    if not values:
        return
    if c.execute(shards.update().where(*_shard(grip)).values(values)).rowcount != 1:
        raise LedgerMismatch(f"shard {grip.number} of dispatch {grip.dispatch_id} is gone")


def _shard(grip: Grip) -> tuple[sa.ColumnElement[bool], ...]:
    return (shards.c.dispatch_id == grip.dispatch_id, shards.c.number == grip.number)
