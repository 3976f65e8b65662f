"""Reading the ledger. Counts are sums over shards; rows are never counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mailer.errors import NotFound
from mailer.ledger import correction, reports
from mailer.ledger.correction import Versions
from mailer.ledger.schema import attempts, deliveries, dispatches, shards
from mailer.model.delivery import Attempt, DeliveryRow, DispatchState, DispatchStatus, State

PAGE = 1000


def status(c: sa.Connection, dispatch_id: int | None = None) -> DispatchStatus:
    """One dispatch, by default the latest; raises NotFound."""
    query = _statuses().order_by(dispatches.c.id.desc()).limit(1)
    if dispatch_id is not None:
        query = query.where(dispatches.c.id == dispatch_id)
    row = c.execute(query).one_or_none()
    if row is None:
        if dispatch_id is None:
            raise NotFound("no dispatch yet: `mailer send FILE` begins one")
        raise NotFound(f"no dispatch {dispatch_id}: `mailer dispatch list` shows those there are")
    return _status(row)


def statuses(c: sa.Connection) -> list[DispatchStatus]:
    """Every dispatch, the latest first."""
    return [_status(row) for row in c.execute(_statuses().order_by(dispatches.c.id.desc()))]


def under_way(c: sa.Connection, since: dt.datetime) -> list[DispatchStatus]:
    """Those that are not at their end, and those that finished after `since`; the latest first."""
    ends = (DispatchState.FINISHED, DispatchState.CANCELLED)
    watched = dispatches.c.state.not_in(ends) | (dispatches.c.finished_at >= since)
    query = _statuses().where(watched).order_by(dispatches.c.id.desc())
    return [_status(row) for row in c.execute(query)]


def sends(c: sa.Connection, dispatch_id: int, edition_id: int) -> bool:
    """Whether the dispatch is open, and this is the edition of its copies from now on."""
    mine = (dispatches.c.id == dispatch_id, dispatches.c.edition_id == edition_id)
    query = sa.select(dispatches.c.id).where(*mine, dispatches.c.state == DispatchState.OPEN)
    return c.scalar(query) is not None


def _statuses() -> sa.Select[*tuple[Any, ...]]:
    counts = [sa.func.coalesce(sa.func.sum(shards.c[s.value]), 0).label(s.value) for s in State]
    return (
        sa.select(dispatches, *counts)
        .join(shards, shards.c.dispatch_id == dispatches.c.id, isouter=True)
        .group_by(dispatches.c.id)
    )


def _status(row: sa.Row[*tuple[Any, ...]]) -> DispatchStatus:
    fields = row._mapping
    names = [
        *("id", "issue_id", "list_name", "segment", "reason", "total", "queued"),
        *("created_at", "scheduled_at", "started_at", "finished_at"),
    ]
    return DispatchStatus(
        **{name: fields[name] for name in names},
        state=DispatchState(fields["state"]),
        counts={state: int(fields[state.value]) for state in State},
    )


def next_due(c: sa.Connection, dispatch_id: int) -> dt.datetime | None:
    """When the first of its deferred deliveries may be tried again; None where none is."""
    inside = deliveries.c.seq.between(shards.c.first_seq, shards.c.last_seq)
    query = (
        sa.select(sa.func.min(deliveries.c.not_before))
        .join(shards, (shards.c.dispatch_id == deliveries.c.dispatch_id) & inside)
        .where(
            shards.c.dispatch_id == dispatch_id,
            shards.c.deferred > 0,
            deliveries.c.state == State.DEFERRED,
        )
    )
    due: dt.datetime | None = c.scalar(query)
    return due


def among(c: sa.Connection, dispatch_id: int, subscriptions: sa.Select[int]) -> int:
    """How many of those subscriptions were sent a copy. Rows are counted: not for polls."""
    mine = (deliveries.c.dispatch_id == dispatch_id, deliveries.c.state == State.SENT)
    found = deliveries.c.subscription_id.in_(subscriptions)
    query = sa.select(sa.func.count()).select_from(deliveries).where(*mine, found)
    return int(c.scalar(query) or 0)


def copies(
    c: sa.Connection, dispatch_id: int, state: State | None = None, after: int = 0
) -> list[DeliveryRow]:
    """The next deliveries of a dispatch behind `after`, in order; empty at the end."""
    query = sa.select(deliveries).where(
        deliveries.c.dispatch_id == dispatch_id, deliveries.c.seq > after
    )
    if state is not None:
        query = query.where(deliveries.c.state == state)
    page = list(c.execute(query.order_by(deliveries.c.seq).limit(PAGE)))
    versions = correction.versions(c, dispatch_id)
    if not page:
        return []
    first, last = page[0].seq, page[-1].seq
    stories = _stories(c, dispatch_id, first, last)
    returned = reports.returned(c, dispatch_id, first, last)
    return [
        _delivery(row, versions, stories.get(row.seq, []), returned.get(row.seq, ""))
        for row in page
    ]


def _stories(
    c: sa.Connection, dispatch_id: int, first: int, last: int
) -> Mapping[int, list[Attempt]]:
    """The attempts that did not end well, by the number of their delivery."""
    names = [field.name for field in dataclasses.fields(Attempt)]
    query = sa.select(attempts.c.seq, *(attempts.c[name] for name in names)).where(
        attempts.c.dispatch_id == dispatch_id, attempts.c.seq.between(first, last)
    )
    stories: defaultdict[int, list[Attempt]] = defaultdict(list)
    for seq, *fields in c.execute(query.order_by(attempts.c.seq, attempts.c.attempt)):
        stories[seq].append(Attempt(*fields))
    return stories


def _delivery(
    row: sa.Row[*tuple[Any, ...]], versions: Versions, story: Sequence[Attempt], returned: str
) -> DeliveryRow:
    state = State(row.state)
    return DeliveryRow(
        seq=row.seq,
        email=row.email or "",
        state=state,
        attempt=row.attempt,
        reply=row.reply,
        changed_at=row.changed_at,
        edition=versions.of(state, row.attempt, row.edition_id),
        returned=returned,
        attempts=tuple(story),
    )
