"""What an editor does to a dispatch: pause, resume, cancel, resolve; and how it ends."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.errors import UsageError
from mailer.ledger.record import CANCELLED
from mailer.ledger.schema import deliveries, dispatches, shards
from mailer.ledger.status import status
from mailer.model.delivery import DispatchState, State
from subscribers.instant import Instant

_MAY_FOLLOW = {
    DispatchState.OPEN: (DispatchState.PAUSED, DispatchState.CANCELLED),
    DispatchState.PAUSED: (DispatchState.OPEN, DispatchState.CANCELLED),
    DispatchState.CANCELLED: (),
    DispatchState.FINISHED: (),
}


def pause(c: sa.Connection, dispatch_id: int, reason: str) -> None:
    """No copy is begun from now on; those on the wire end as they end. Idempotent.

    Raises UsageError for a dispatch that has ended, as `resume` and `cancel` do.
    """
    if status(c, dispatch_id).state is not DispatchState.PAUSED:  # the first reason stays
        _change(c, dispatch_id, DispatchState.PAUSED, reason)


def pause_for_fault(c: sa.Connection, dispatch_id: int, reason: str) -> None:
    """Pause what is open; what an editor ended or paused meanwhile stays as it is."""
    if status(c, dispatch_id).state is DispatchState.OPEN:
        pause(c, dispatch_id, reason)


def resume(c: sa.Connection, dispatch_id: int) -> None:
    _change(c, dispatch_id, DispatchState.OPEN, "")


def cancel(c: sa.Connection, dispatch_id: int, at: dt.datetime) -> None:
    """What was not yet sent never will be: `planned` and `deferred` become `skipped`."""
    _change(c, dispatch_id, DispatchState.CANCELLED, CANCELLED)
    _move(c, dispatch_id, (State.PLANNED, State.DEFERRED), State.SKIPPED, CANCELLED, at)


def resolve(c: sa.Connection, dispatch_id: int, to: State, at: dt.datetime) -> int:
    """Decide what is `uncertain`: `planned` sends it again, `sent` takes it for sent.

    Returns how many were decided. Raises UsageError where a cancelled dispatch should send again.
    """
    if to not in (State.PLANNED, State.SENT):
        raise ValueError(f"uncertain copies are resolved to planned or sent, not {to}")
    state = status(c, dispatch_id).state
    if to is State.PLANNED and state is DispatchState.CANCELLED:
        raise UsageError(
            f"dispatch {dispatch_id} is cancelled and sends nothing again: use --assume-sent"
        )
    reason = "resolved by the editor: " + ("send again" if to is State.PLANNED else "assume sent")
    return _move(c, dispatch_id, (State.UNCERTAIN,), to, reason, at)


def finish_if_settled(c: sa.Connection, dispatch_id: int, at: dt.datetime) -> bool:
    """Close an open dispatch of which nothing is left to send or to decide."""
    current = status(c, dispatch_id)
    settled = current.open == 0 and current.counts[State.UNCERTAIN] == 0
    if settled and current.state is DispatchState.OPEN:
        ended = {"state": DispatchState.FINISHED, "finished_at": at}
        c.execute(_dispatch(dispatch_id).values(ended))
    return settled


def _change(c: sa.Connection, dispatch_id: int, to: DispatchState, reason: str) -> None:
    now = status(c, dispatch_id).state
    if now is not to and to not in _MAY_FOLLOW[now]:
        raise UsageError(f"dispatch {dispatch_id} is {now}: it cannot become {to}")
    c.execute(_dispatch(dispatch_id).values(state=to, reason=reason))


def _dispatch(dispatch_id: int) -> sa.Update:
    return dispatches.update().where(dispatches.c.id == dispatch_id)


def _move(
    c: sa.Connection,
    dispatch_id: int,
    was: tuple[State, ...],
    to: State,
    reason: str,
    at: dt.datetime,
) -> int:
    """Move all deliveries of some states, shard by shard, with their counters."""
    moved = 0
    columns = (shards.c.number, shards.c.first_seq, shards.c.last_seq)
    query = sa.select(*columns).where(shards.c.dispatch_id == dispatch_id).with_for_update()
    for number, first, last in list(c.execute(query)):
        change = {s: _move_rows(c, dispatch_id, (first, last), s, to, reason, at) for s in was}
        total = sum(change.values())
        if total:
            values = {s.value: shards.c[s.value] - n for s, n in change.items()}
            values[to.value] = shards.c[to.value] + total
            if to is State.PLANNED:
                values["due_at"] = sa.literal(at, Instant())
            where = (shards.c.dispatch_id == dispatch_id, shards.c.number == number)
            c.execute(shards.update().where(*where).values(values))
            moved += total
    return moved


def _move_rows(
    c: sa.Connection,
    dispatch_id: int,
    seqs: tuple[int, int],
    was: State,
    to: State,
    reason: str,
    at: dt.datetime,
) -> int:
    return c.execute(
        deliveries.update()
        .where(
            deliveries.c.dispatch_id == dispatch_id,
            deliveries.c.seq.between(*seqs),
            deliveries.c.state == was,
        )
        .values(state=to, reply=reason, not_before=at, changed_at=at)
    ).rowcount
