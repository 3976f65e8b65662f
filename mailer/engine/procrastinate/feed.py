"""What jobs bring to one worker."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.database import Database
from mailer.engine.procrastinate import jobs
from mailer.engine.procrastinate.fetcher import Fetcher
from mailer.engine.procrastinate.housekeeping import keep_house
from mailer.engine.procrastinate.inbox import Inbox
from mailer.engine.procrastinate.jobs import Task
from mailer.ledger import holders, schedule, shards
from mailer.ledger.agenda import Agenda, is_waiting
from mailer.ledger.liveness import Liveness
from mailer.ledger.shards import Grip

_REST = 20  # times as long as the last pass took: one over a hundred thousand jobs takes a while


class JobFeed:
    """A `Feed`. The job of a shard lasts until a run takes the shard: from then on the ledger tells
    whose it is, and whether that one lives."""

    def __init__(self, database: Database, tell: Callable[[str], None]) -> None:
        self._database = database
        self._next_pass = 0.0
        self._shards: Inbox[int] = Inbox()
        self._errands: Inbox[Task] = Inbox()
        self._fetcher = Fetcher(database.driver_arguments, self._shards, self._errands, tell)

    def agenda(self) -> Agenda:
        if time.monotonic() >= self._next_pass:
            self._keep_house()
        return Agenda(
            self._to_begin(),
            sorted(self._shards.keys()),
            write=self._is_asked(Task.LETTERS),
            hand_on=self._is_asked(Task.REPLIES),
            answer=self._is_asked(Task.NOTICES),
        )

    def supply(self, dispatch_id: int) -> FromJobs:
        return FromJobs(dispatch_id, self._shards)

    def close(self) -> None:
        self._fetcher.close()

    def _keep_house(self) -> None:
        began = time.monotonic()
        with self._database.write() as c:
            keep_house(c)
        now = time.monotonic()
        self._next_pass = now + _REST * (now - began)

    def _is_asked(self, errand: Task) -> bool:
        return self._errands.take(errand) is not None

    def _to_begin(self) -> list[schedule.Due]:
        asked = set(self._asked_to_begin())
        if not asked:
            return []
        with self._database.read() as c:
            return [due for due in schedule.due(c) if due.dispatch_id in asked]

    def _asked_to_begin(self) -> Iterator[int]:
        while (dispatch_id := self._errands.take(Task.BEGIN)) is not None:
            yield dispatch_id


@dataclass(frozen=True, slots=True)
class FromJobs:
    """A `Supply` of the shards that jobs brought to this worker. The runs of a dispatch keep their
    connections from one to the next."""

    dispatch_id: int
    brought: Inbox[int]

    def take(
        self, c: sa.Connection, edition_id: int, liveness: Liveness, now: dt.datetime
    ) -> Grip | None:
        if shards.recover(c, self.dispatch_id, liveness, now):
            jobs.enqueue_dispatch(c, self.dispatch_id)
        what = (self.dispatch_id, edition_id)
        while (number := self.brought.take(self.dispatch_id)) is not None:
            grip = shards.take_one(c, *what, number, liveness, now)
            if grip is not None:
                return grip
        return None

    def goes_on(self, c: sa.Connection, edition_id: int, owner: str, now: dt.datetime) -> bool:
        """What is free has a job, or gets one soon."""
        what = (self.dispatch_id, edition_id)
        return holders.held_by_others(c, *what, owner) or is_waiting(c, *what, now)

    def gave_back(self, c: sa.Connection, grip: Grip) -> None:
        jobs.enqueue_shard(c, grip)
