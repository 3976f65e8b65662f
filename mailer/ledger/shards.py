"""Taking, reading and releasing shards: who may send which deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from mailer.ledger import events
from mailer.ledger.due import furthest, is_due
from mailer.ledger.events import SENDER, Action
from mailer.ledger.liveness import Liveness
from mailer.ledger.prepared import Hex, Prepared
from mailer.ledger.schema import AT_ONCE, attempts, corrections, deliveries, dispatches, shards
from mailer.model.delivery import DispatchState, State
from subscribers.instant import instant, microseconds


@dataclass(frozen=True, slots=True)
class Grip:
    """The right to send a shard's deliveries, until somebody takes it with a higher epoch."""

    dispatch_id: int
    number: int
    first_seq: int
    last_seq: int
    owner: str
    epoch: int


class Mark(NamedTuple):
    """A delivery on its way from `was` to `to`: `sending`, or an end before it was ever sent."""

    grip: Grip
    seq: int
    attempt: int  # attempts made so far
    was: State
    subscription_id: int | None
    to: State = State.SENDING
    reason: str = ""


class Due(NamedTuple):
    """One delivery that a sender may try now. `first_at` is when the first attempt was answered,
    `variant` says which of the texts of the edition its reader gets."""

    seq: int
    state: State
    attempt: int
    subscription_id: int | None
    token: bytes | None
    first_at: dt.datetime | None = None
    variant: int = 0

    def mark(self, grip: Grip, to: State = State.SENDING, reason: str = "") -> Mark:
        return Mark(grip, self.seq, self.attempt, self.state, self.subscription_id, to, reason)


_of_shard = (
    shards.c.dispatch_id == sa.bindparam("of_dispatch"),
    shards.c.number == sa.bindparam("of_number"),
)
_mine = (
    *_of_shard,
    shards.c.owner == sa.bindparam("of_owner"),
    shards.c.epoch == sa.bindparam("of_epoch"),
)
_OURS = ("of_dispatch", "of_number", "of_owner", "of_epoch")


def take(
    c: sa.Connection, dispatch_id: int, edition_id: int, liveness: Liveness, now: dt.datetime
) -> Grip | None:
    """Take the first free shard with work that is due, else None. A paused dispatch has none, nor
    has one that was corrected for a sender of another edition."""
    recover(c, dispatch_id, liveness, now)
    wanted = (dispatch_id, edition_id, *_window(now))
    while rows := _FIRST_FREE.rows(c, wanted):
        grip = _taken(c, (dispatch_id, edition_id), rows[0], liveness.name, now)
        if grip is not None:
            return grip
    return None


def take_one(
    c: sa.Connection,
    dispatch_id: int,
    edition_id: int,
    number: int,
    liveness: Liveness,
    now: dt.datetime,
) -> Grip | None:
    """Take this shard, if `take` could give it."""
    for row in _FREE.rows(c, (dispatch_id, edition_id, *_window(now), number)):
        return _taken(c, (dispatch_id, edition_id), row, liveness.name, now)
    return None


def _taken(
    c: sa.Connection, what: tuple[int, int], row: Sequence[Any], owner: str, now: dt.datetime
) -> Grip | None:
    """The shard of a `row` that is free, unless nothing in it is due; `what`: the dispatch and the
    edition."""
    number, first, last, epoch, corrected = row
    dispatch_id, edition_id = what
    grip = Grip(dispatch_id, number, first, last, owner, epoch + 1)
    _TAKE.change(c, (grip.owner, grip.epoch, dispatch_id, number))
    if corrected:
        _carry(c, grip, edition_id)
    if due(c, grip, now, limit=1):
        return grip
    release(c, grip, now)
    return None


def _window(now: dt.datetime) -> tuple[int, int]:
    """The values of `_NOW`."""
    return microseconds(now), microseconds(furthest(now))


_NOW: tuple[sa.BindParameter[int], ...] = (sa.bindparam("now"), sa.bindparam("until"))
_free = (
    sa.select(
        *(shards.c.number, shards.c.first_seq, shards.c.last_seq, shards.c.epoch),
        sa.exists().where(corrections.c.dispatch_id == shards.c.dispatch_id),
    )
    .join(dispatches, dispatches.c.id == shards.c.dispatch_id)
    .where(
        shards.c.dispatch_id == sa.bindparam("of_dispatch"),
        dispatches.c.state == DispatchState.OPEN,
        dispatches.c.edition_id == sa.bindparam("of_edition"),
        shards.c.owner.is_(None),
        shards.c.planned + shards.c.deferred > sa.literal_column("0"),
        is_due(shards.c.due_at, *_NOW),
    )
    .with_for_update(of=shards, skip_locked=True)  # SQLite has one writer: it omits this
)
_FREE_OF = ("of_dispatch", "of_edition", "now", "until")
_FIRST_FREE = Prepared(_free.order_by(shards.c.number).limit(sa.literal_column("1")), *_FREE_OF)
_FREE = Prepared(_free.where(_of_shard[1]), *_FREE_OF, "of_number")
_TAKE = Prepared(
    shards.update()
    .where(*_of_shard)
    .values(owner=sa.bindparam("by_owner"), epoch=sa.bindparam("new_epoch")),
    *("by_owner", "new_epoch", "of_dispatch", "of_number"),
)


def _carry(c: sa.Connection, grip: Grip, edition_id: int) -> None:
    """In a dispatch that was corrected the deliveries say which edition they carry from now on."""
    to_come = deliveries.c.state.in_((State.PLANNED, State.DEFERRED))
    c.execute(_rows(grip).where(to_come).values(edition_id=edition_id))


def recover(c: sa.Connection, dispatch_id: int, liveness: Liveness, now: dt.datetime) -> bool:
    """Free the shards of dead owners, and say whether there were any; what those had in `sending`
    becomes `uncertain`."""
    freed: dict[str, list[int]] = {}  # by owner: of each shard, how many became uncertain
    for number, first, last, owner, epoch in _OWNED.rows(c, (dispatch_id,)):
        if not liveness.alive(owner):
            grip = Grip(dispatch_id, number, first, last, owner, epoch)
            if _DEAD.rows(c, (dispatch_id, number, owner, epoch)):
                freed.setdefault(owner, []).append(_doubt_sending(c, grip, now))
                c.execute(_shard(grip).values(owner=None, epoch=grip.epoch + 1))
    for owner, doubtful in freed.items():
        detail = f"{owner} is gone: shards {len(doubtful):,}, uncertain copies {sum(doubtful):,}"
        events.note(c, SENDER, Action.TOOK_OVER, dispatch_id, detail)
    return bool(freed)


_OWNED = Prepared(
    sa.select(
        *(shards.c.number, shards.c.first_seq, shards.c.last_seq, shards.c.owner, shards.c.epoch)
    )
    .where(shards.c.dispatch_id == sa.bindparam("of_dispatch"), shards.c.owner.is_not(None))
    .order_by(shards.c.number),
    "of_dispatch",
)


# One that another frees just now, or that a sender which was stopped has locked, can wait.
_DEAD = Prepared(sa.select(shards.c.number).where(*_mine).with_for_update(skip_locked=True), *_OURS)


def _doubt_sending(c: sa.Connection, grip: Grip, now: dt.datetime) -> int:
    """How many there were."""
    moved = c.execute(
        _rows(grip)
        .where(deliveries.c.state == State.SENDING)
        .values(
            state=State.UNCERTAIN,
            reply="the sender died after handing it to the relay",
            changed_at=now,
        )
    ).rowcount
    c.execute(
        _shard(grip).values(sending=shards.c.sending - moved, uncertain=shards.c.uncertain + moved)
    )
    return moved


def due(c: sa.Connection, grip: Grip, now: dt.datetime, limit: int = 1000) -> list[Due]:
    """The shard's deliveries that may be tried now, in order."""
    values = (grip.dispatch_id, grip.first_seq, grip.last_seq, *_window(now), limit)
    return [
        Due(
            *(seq, State(state), attempt, subscription_id),
            bytes.fromhex(token) if token else None,
            None if first_at is None else instant(first_at),
            variant or 0,
        )
        for seq, state, attempt, subscription_id, token, first_at, variant in _DUE.rows(c, values)
    ]


_FIRST_AT = (
    sa.select(sa.func.min(attempts.c.at))
    .where(attempts.c.dispatch_id == deliveries.c.dispatch_id)
    .where(attempts.c.seq == deliveries.c.seq)
    .scalar_subquery()
)
_DUE = Prepared(
    sa.select(
        *(deliveries.c.seq, deliveries.c.state, deliveries.c.attempt),
        *(deliveries.c.subscription_id, Hex(deliveries.c.token)),
        sa.case((deliveries.c.attempt > sa.literal_column("0"), _FIRST_AT)),
        deliveries.c.variant,
    )
    .where(
        deliveries.c.dispatch_id == sa.bindparam("of_dispatch"),
        deliveries.c.seq.between(sa.bindparam("first"), sa.bindparam("last")),
        deliveries.c.state.in_([sa.literal(State.PLANNED.value), sa.literal(State.DEFERRED.value)]),
        is_due(deliveries.c.not_before, *_NOW),
    )
    .order_by(deliveries.c.seq)
    .limit(sa.bindparam("at_most")),
    *("of_dispatch", "first", "last", "now", "until", "at_most"),
)


def is_ours(c: sa.Connection, grip: Grip) -> bool:
    """Whether nobody else has it by now; nobody takes it until the transaction ends."""
    return bool(_HELD.rows(c, (grip.dispatch_id, grip.number, grip.owner, grip.epoch)))


def release(
    c: sa.Connection, grip: Grip, now: dt.datetime, not_before: dt.datetime | None = None
) -> None:
    """Give the shard back, with the time from which it is worth taking again: when the first of
    its deliveries is due, and at the earliest at `not_before`.

    What is still `sending` becomes `uncertain`, until its answer comes, where one does.
    """
    mine = (grip.dispatch_id, grip.number, grip.owner, grip.epoch)
    for sending, left in _HELD.rows(c, mine):
        soonest = (
            _SOONEST.rows(c, (grip.dispatch_id, grip.first_seq, grip.last_seq)) if left else ()
        )
        earliest = microseconds(not_before or AT_ONCE)
        _RELEASE.change(c, (max([earliest, *(row[0] or 0 for row in soonest)]), *mine))
        if sending:
            _doubt_sending(c, grip, now)


_HELD = Prepared(
    sa.select(shards.c.sending, shards.c.planned + shards.c.deferred)
    .where(*_mine)
    .with_for_update(),
    *_OURS,
)
_RELEASE = Prepared(
    shards.update()
    .where(*_mine)
    .values(owner=None, due_at=sa.bindparam("free_at", type_=sa.BigInteger)),
    *("free_at", *_OURS),
)
_SOONEST = Prepared(
    sa.select(sa.func.min(sa.type_coerce(deliveries.c.not_before, sa.BigInteger))).where(
        deliveries.c.dispatch_id == sa.bindparam("of_dispatch"),
        deliveries.c.seq.between(sa.bindparam("first"), sa.bindparam("last")),
        deliveries.c.state.in_([sa.literal(State.PLANNED.value), sa.literal(State.DEFERRED.value)]),
    ),
    *("of_dispatch", "first", "last"),
)


def _shard(grip: Grip) -> sa.Update:
    return shards.update().where(
        shards.c.dispatch_id == grip.dispatch_id, shards.c.number == grip.number
    )


def _rows(grip: Grip) -> sa.Update:
    return deliveries.update().where(
        deliveries.c.dispatch_id == grip.dispatch_id,
        deliveries.c.seq.between(grip.first_seq, grip.last_seq),
    )
