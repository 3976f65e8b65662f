"""Planning: an audience becomes the deliveries of a dispatch, cut into shards."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.errors import PlanChanged
from mailer.ledger import partitions
from mailer.ledger.alone import alone
from mailer.ledger.schema import AT_ONCE, deliveries, dispatches, editions, shards
from mailer.model.audience import MOST as AUDIENCES
from mailer.model.counted import number
from mailer.model.delivery import DispatchState, State

PURPOSE_ISSUE = "issue"
LATE, AGAIN = "late", "again"  # purposes of which an issue may have several dispatches: late-1, …
# Subscription, subscriber, address, token; where readers get one of several variants, also the bits
# of their audiences and the place of their language.
Audience = sa.Select[int, int, str, bytes]
_REACHED = (State.PLANNED, State.SENDING, State.SENT, State.DEFERRED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent to which list. (issue, list, segment, purpose) is the dispatch's key."""

    issue_id: str
    edition_id: int
    list_ref: int
    list_name: str
    list_title: str
    list_id: str
    segment: str = ""
    purpose: str = PURPOSE_ISSUE

    @property
    def key(self) -> dict[str, object]:
        names = ("issue_id", "list_ref", "segment", "purpose")
        return {name: getattr(self, name) for name in names}

    @property
    def repeats(self) -> bool:
        """Whether those who had the issue get it once more."""
        return self.purpose.startswith(f"{AGAIN}-")


def find(c: sa.Connection, order: Order) -> int | None:
    """The id of the dispatch that already has this order's key."""
    where = [dispatches.c[name] == value for name, value in order.key.items()]
    found = c.scalar(sa.select(dispatches.c.id).where(*where))
    return None if found is None else int(found)


def order_of(c: sa.Connection, dispatch_id: int) -> Order:
    """The order that a dispatch was planned from."""
    names = [field.name for field in dataclasses.fields(Order)]
    query = sa.select(*(dispatches.c[name] for name in names)).where(dispatches.c.id == dispatch_id)
    return Order(*c.execute(query).one())


def content_hash(c: sa.Connection, dispatch_id: int) -> str:
    """The hash of the edition that a dispatch sends."""
    query = (
        sa.select(editions.c.content_hash)
        .join(dispatches, dispatches.c.edition_id == editions.c.id)
        .where(dispatches.c.id == dispatch_id)
    )
    return str(c.scalar(query))


def further_purpose(c: sa.Connection, order: Order, kind: str) -> str:
    """The purpose of a further dispatch of an issue that had one, for those whom the earlier ones
    did not reach (LATE) or for all once more (AGAIN): that of the latest such dispatch until it
    has ended, else a new one."""
    same = (dispatches.c.issue_id == order.issue_id, dispatches.c.list_ref == order.list_ref)
    query = sa.select(dispatches.c.purpose, dispatches.c.state).where(
        *same, dispatches.c.segment == order.segment, dispatches.c.purpose.like(f"{kind}-%")
    )
    earlier = list(c.execute(query.order_by(dispatches.c.id)))
    if earlier and earlier[-1].state not in (DispatchState.FINISHED, DispatchState.CANCELLED):
        return str(earlier[-1].purpose)
    return f"{kind}-{len(earlier) + 1}"


def unfinished(c: sa.Connection, order: Order) -> int | None:
    """Another dispatch of the issue to that list which has not ended, if there is one."""
    ended = (DispatchState.FINISHED, DispatchState.CANCELLED)
    query = sa.select(dispatches.c.id).where(
        dispatches.c.issue_id == order.issue_id,
        dispatches.c.list_ref == order.list_ref,
        dispatches.c.purpose != order.purpose,
        dispatches.c.state.not_in(ended),
    )
    found = c.scalar(query.limit(1))
    return None if found is None else int(found)


def not_yet_reached(c: sa.Connection, audience: Audience, issue_id: str) -> Audience:
    """The audience without those who had a copy of this issue, or are about to, in any dispatch. By
    the dispatches' ids, so that PostgreSQL looks into their partitions alone."""
    mine = (dispatches.c.issue_id == issue_id, dispatches.c.total > 0)
    its = c.scalars(sa.select(dispatches.c.id).where(*mine)).all()
    if not its:
        return audience
    _allow_hash(c)
    had = (
        sa.select(deliveries.c.subscriber_id)
        .where(deliveries.c.dispatch_id.in_(its), deliveries.c.state.in_(_REACHED))
        .where(deliveries.c.subscriber_id.is_not(None))
    )
    return audience.where(audience.selected_columns.subscriber_id.not_in(had))


def _allow_hash(c: sa.Connection) -> None:
    """PostgreSQL looks at a NOT IN through a hash where it thinks that this fits, and else through
    the whole list for each reader: this fits for ten million."""
    if c.dialect.name == "postgresql":
        c.exec_driver_sql("SET LOCAL work_mem = '256MB'")


def people(c: sa.Connection, audience: Audience, order: Order) -> Audience:
    """Who gets a copy by this order: all, where it repeats; else those who have none yet."""
    return audience if order.repeats else not_yet_reached(c, audience, order.issue_id)


def count(c: sa.Connection, audience: Audience, issue_id: str) -> int:
    """How many of the audience no dispatch of the issue reached."""
    return size(c, not_yet_reached(c, audience, issue_id))


def size(c: sa.Connection, audience: Audience) -> int:
    people = audience.order_by(None).subquery()
    return int(c.scalar(sa.select(sa.func.count()).select_from(people)) or 0)


def plan(c: sa.Connection, order: Order, audience: Audience, at: dt.datetime, count: int) -> int:
    """Write the dispatch, a `planned` delivery for each of the audience, and the shards.

    Returns the dispatch's id; of two that plan the same order, one finds the other's dispatch.
    Raises PlanChanged, and the transaction must be rolled back, where that would not be the
    edition and the `count` of copies that somebody agreed to.
    """
    alone(c, order.issue_id)
    found = find(c, order)
    if found is not None:
        if order_of(c, found).edition_id != order.edition_id:
            raise PlanChanged(
                f"issue {order.issue_id}: another version is being sent meanwhile: nothing was "
                f"planned: see `mailer dispatch status {found}`"
            )
        return found
    partitions.take_turn(c, count)
    dispatch_id = write_dispatch(c, order, at, {"state": DispatchState.OPEN})
    total = _fill(c, dispatch_id, people(c, audience, order), at, count)
    _require_agreed(order, count, total)
    return dispatch_id


def start(
    c: sa.Connection, dispatch_id: int, audience: Audience, at: dt.datetime, count: int | None
) -> bool:
    """Plan a scheduled dispatch for the audience as it is now; False where it is not scheduled, be
    it that somebody else was quicker.

    Raises PlanChanged as `plan` does; a `count` of None takes any number but 0.
    """
    order = order_of(c, dispatch_id)
    alone(c, order.issue_id)
    readers = people(c, audience, order)
    about = size(c, readers) if count is None else count
    partitions.take_turn(c, about)
    mine = (dispatches.c.id == dispatch_id, dispatches.c.state == DispatchState.SCHEDULED)
    opened = dispatches.update().where(*mine).values(state=DispatchState.OPEN)
    if not c.execute(opened).rowcount:
        return False
    total = _fill(c, dispatch_id, readers, at, about)
    if total == 0 and count is None:
        raise PlanChanged(f"list {order.list_name}: there is nobody to send to by now")
    _require_agreed(order, count, total)
    return True


def write_dispatch(
    c: sa.Connection, order: Order, at: dt.datetime, more: Mapping[str, object]
) -> int:
    """A dispatch that has no deliveries yet; `more` are its other columns."""
    row = {
        **order.key,
        "edition_id": order.edition_id,
        "list_name": order.list_name,
        "list_title": order.list_title,
        "list_id": order.list_id,
        "total": 0,
        "created_at": at,
        **more,
    }
    return int(c.scalars(dispatches.insert().values(row).returning(dispatches.c.id)).one())


def _fill(
    c: sa.Connection, dispatch_id: int, readers: Audience, at: dt.datetime, about: int
) -> int:
    """The deliveries and shards for its readers, who are `about` so many; how many they are."""
    total = _write_deliveries(c, dispatch_id, readers, at, about)
    filled = {"total": total, "started_at": at}
    c.execute(dispatches.update().where(dispatches.c.id == dispatch_id).values(filled))
    _write_shards(c, dispatch_id, total)
    return total


def _require_agreed(order: Order, count: int | None, total: int) -> None:
    if count not in (None, total):
        copies = number(total, "copy", "copies")
        raise PlanChanged(
            f"list {order.list_name}: it would be {copies} by now, not {count:,}: nothing was "
            "planned: repeat the command"
        )


def _write_deliveries(
    c: sa.Connection,
    dispatch_id: int,
    audience: Audience,
    at: dt.datetime,
    about: int,
) -> int:
    people = audience.subquery()
    instant = deliveries.c.changed_at.type
    rows = sa.select(
        sa.literal(dispatch_id),
        sa.func.row_number().over(order_by=people.c.subscription_id),
        sa.literal(State.PLANNED.value),
        sa.literal(0),
        sa.literal(AT_ONCE, instant),
        people.c.subscription_id,
        people.c.subscriber_id,
        people.c.email,
        people.c.token,
        sa.literal(at, instant),
        _variant(people),
    )
    names = [
        *("dispatch_id", "seq", "state", "attempt", "not_before"),
        *("subscription_id", "subscriber_id", "email", "token", "changed_at", "variant"),
    ]
    return partitions.fill(c, dispatch_id, names, rows, about)


def _variant(people: sa.Subquery) -> sa.ColumnElement[int | None]:
    """See `Edition.variant`."""
    if "language" not in people.c:
        return sa.cast(sa.null(), sa.Integer)
    return people.c.audiences + people.c.language * sa.literal(1 << AUDIENCES)


def shard_size(total: int) -> int:
    """Many enough for workers to share, few enough that taking one is cheap."""
    return max(50, min(1000, total // 64))


def _write_shards(c: sa.Connection, dispatch_id: int, total: int) -> None:
    size = shard_size(total)
    rows = [
        {
            "dispatch_id": dispatch_id,
            "number": number,
            "first_seq": first,
            "last_seq": min(first + size - 1, total),
            "due_at": AT_ONCE,
            State.PLANNED.value: min(size, total - first + 1),
        }
        for number, first in enumerate(range(1, total + 1, size), start=1)
    ]
    if rows:
        c.execute(shards.insert(), rows)
