"""How everything fares, in a few numbers: for whoever watches over a publication's machines. Cheap
enough to be asked every few seconds: of copies only shards' counters are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger import agenda, clock, notices, reports, rests, status, workers
from mailer.ledger.schema import dispatches, letters
from mailer.model.delivery import DispatchStatus
from mailer.model.report import ReportClass

LATELY = dt.timedelta(days=2)  # after its end a dispatch is watched for what comes back


@dataclass(frozen=True, slots=True)
class Vitals:
    """`dispatches` are those under way and those that ended lately, `returned` what came back of
    each; `stages` how many there are at all, by state. `waiting` are those that need a worker.
    `resting` has the seconds for which a relay is left alone; `drained` ones get nothing at all."""

    dispatches: Sequence[DispatchStatus]
    returned: Mapping[int, Mapping[ReportClass, int]]
    stages: Mapping[str, int]
    workers: int
    waiting: int
    notices: int
    letters: int
    resting: Mapping[str, float]
    drained: Collection[str]


def vitals(c: sa.Connection) -> Vitals:
    now = clock.now(c)
    watched = status.under_way(c, now - LATELY)
    return Vitals(
        dispatches=watched,
        returned={each.id: reports.counts(c, each.id) for each in watched},
        stages=_stages(c),
        workers=workers.count(c),
        waiting=agenda.waiting(c),
        notices=notices.waiting(c),
        letters=_letters(c),
        resting={
            relay: max(0.0, (rest.until - now).total_seconds())
            for (relay, domain), rest in rests.load(c).items()
            if domain == rests.ITSELF
        },
        drained=rests.drained(c).keys(),
    )


def _stages(c: sa.Connection) -> Mapping[str, int]:
    query = sa.select(dispatches.c.state, sa.func.count()).group_by(dispatches.c.state)
    return {state: int(count) for state, count in c.execute(query)}


def _letters(c: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(letters).where(letters.c.due_at <= clock.now(c))
    return int(c.scalar(query) or 0)
