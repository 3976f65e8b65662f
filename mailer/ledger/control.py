"""What an editor does to a dispatch: pause, resume, cancel, resolve; and how it ends.

`by` says who does it, for the audit trail.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from mailer.errors import UsageError
from mailer.ledger import canaries, clock, events, letters
from mailer.ledger.events import SENDER, Action
from mailer.ledger.letters import Kind
from mailer.ledger.liveness import Liveness
from mailer.ledger.record import CANCELLED
from mailer.ledger.schema import AT_ONCE, deliveries, dispatches, shards
from mailer.ledger.shards import recover
from mailer.ledger.status import status
from mailer.model.delivery import DispatchState, DispatchStatus, State
from subscribers.instant import Instant

_MAY_FOLLOW = {
    DispatchState.SCHEDULED: (DispatchState.PAUSED, DispatchState.CANCELLED),
    DispatchState.OPEN: (DispatchState.PAUSED, DispatchState.CANCELLED),
    DispatchState.PAUSED: (
        DispatchState.SCHEDULED,
        DispatchState.OPEN,
        DispatchState.CANCELLED,
    ),
    DispatchState.CANCELLED: (),
    DispatchState.FINISHED: (),
}


def pause(c: sa.Connection, dispatch_id: int, reason: str, by: str) -> None:
    """No copy is begun from now on; those on the wire end as they end. Idempotent.

    Raises UsageError for a dispatch that has ended, as `resume` and `cancel` do.
    """
    if held(c, dispatch_id).state is not DispatchState.PAUSED:  # the first reason stays
        _pause(c, dispatch_id, reason, by)


def pause_for_fault(c: sa.Connection, dispatch_id: int, reason: str) -> None:
    """Pause what is open, or should have begun, and tell the editor; what an editor ended or
    paused meanwhile stays as it is."""
    if held(c, dispatch_id).state in (DispatchState.OPEN, DispatchState.SCHEDULED):
        event = _pause(c, dispatch_id, reason, SENDER)
        letters.order(c, dispatch_id, Kind.PAUSED, event)


def _pause(c: sa.Connection, dispatch_id: int, reason: str, by: str) -> int:
    _change(c, dispatch_id, DispatchState.PAUSED, reason)
    return events.note(c, by, Action.PAUSED, dispatch_id, reason)


def resume(c: sa.Connection, dispatch_id: int, by: str) -> None:
    """A dispatch that was never started waits for its time again, and begins now where that is
    past."""
    was = held(c, dispatch_id)
    waits = was.state is DispatchState.PAUSED and was.started_at is None
    _change(c, dispatch_id, DispatchState.SCHEDULED if waits else DispatchState.OPEN, "")
    if waits:
        now = clock.now(c)
        past = _dispatch(dispatch_id).where(dispatches.c.scheduled_at < now)
        c.execute(past.values(scheduled_at=now))
    if was.state is DispatchState.PAUSED:
        events.note(c, by, Action.RESUMED, dispatch_id)
        canaries.agree(c, dispatch_id, clock.now(c))


def cancel(c: sa.Connection, dispatch_id: int, at: dt.datetime, by: str) -> None:
    """What was not yet sent never will be: `planned` and `deferred` become `skipped`. One that was
    never started leaves its place to another dispatch of the issue."""
    was = held(c, dispatch_id)
    _change(c, dispatch_id, DispatchState.CANCELLED, "")
    if was.started_at is None:
        c.execute(_dispatch(dispatch_id).values(purpose=f"{CANCELLED}-{dispatch_id}"))
    _move(c, dispatch_id, (State.PLANNED, State.DEFERRED), State.SKIPPED, CANCELLED, at)
    if was.state is not DispatchState.CANCELLED:
        events.note(c, by, Action.CANCELLED, dispatch_id)


def resolve(c: sa.Connection, dispatch_id: int, to: State, at: dt.datetime, by: str) -> int:
    """Decide what is `uncertain`: `planned` sends it again, `sent` takes it for sent.

    Returns how many were decided. Raises UsageError where a cancelled dispatch should send again.
    """
    if to not in (State.PLANNED, State.SENT):
        raise ValueError(f"uncertain copies are resolved to planned or sent, not {to}")
    state = held(c, dispatch_id).state
    if to is State.PLANNED and state is DispatchState.CANCELLED:
        raise UsageError(
            f"dispatch {dispatch_id} is cancelled and sends nothing again: use --assume-sent"
        )
    decision = "send again" if to is State.PLANNED else "assume sent"
    reason = f"resolved by the editor: {decision}"
    decided = _move(c, dispatch_id, (State.UNCERTAIN,), to, reason, at)
    if decided:
        events.note(c, by, Action.RESOLVED, dispatch_id, f"{decided:,} uncertain: {decision}")
    return decided


def finish_if_settled(c: sa.Connection, dispatch_id: int, at: dt.datetime) -> bool:
    """Close an open dispatch of which nothing is left to send or to decide. Once every copy was
    tried, the editor is told, and a day later again."""
    current = held(c, dispatch_id)
    if current.state is DispatchState.OPEN and not current.untried:
        for kind in (Kind.ENDED, Kind.DAY):
            letters.order(c, dispatch_id, kind)
    settled = current.open == 0 and current.counts[State.UNCERTAIN] == 0
    if settled and current.state is DispatchState.OPEN:
        ended = {"state": DispatchState.FINISHED, "finished_at": at}
        c.execute(_dispatch(dispatch_id).values(ended))
        events.note(c, SENDER, Action.FINISHED, dispatch_id, f"{current.sent:,} sent")
    return settled


def tidy(c: sa.Connection, dispatch_id: int, liveness: Liveness, at: dt.datetime) -> bool:
    """Free what dead senders held, and close the dispatch if it is settled then; whether anything
    was freed."""
    held(c, dispatch_id)  # the dispatch before its shards, as everywhere
    freed = recover(c, dispatch_id, liveness, at)
    finish_if_settled(c, dispatch_id, at)
    return freed


def held(c: sa.Connection, dispatch_id: int) -> DispatchStatus:
    """Its status, which nobody else changes until the transaction ends; raises NotFound."""
    row = sa.select(dispatches.c.id).where(dispatches.c.id == dispatch_id)
    c.execute(row.with_for_update(key_share=True)).all()
    return status(c, dispatch_id)


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
    query = sa.select(*columns).where(shards.c.dispatch_id == dispatch_id)
    query = query.order_by(shards.c.number).with_for_update()  # one order for all
    for number, first, last in list(c.execute(query)):
        change = {s: _move_rows(c, dispatch_id, (first, last), s, to, reason, at) for s in was}
        total = sum(change.values())
        if total:
            values = {s.value: shards.c[s.value] - n for s, n in change.items()}
            values[to.value] = shards.c[to.value] + total
            if to is State.PLANNED:
                values["due_at"] = sa.literal(AT_ONCE, Instant())
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
        .values(state=to, reply=reason, not_before=AT_ONCE, changed_at=at)
    ).rowcount
