"""Procrastinate as an engine: a job for each shard that waits brings it to one worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.database import Database
from mailer.engine.procrastinate import jobs
from mailer.engine.procrastinate.feed import JobFeed


@dataclass(frozen=True, slots=True)
class Procrastinate:
    """An `Engine`, in a database of PostgreSQL."""

    database: Database

    def enqueue(self, c: sa.Connection, dispatch_id: int) -> None:
        jobs.enqueue_dispatch(c, dispatch_id)

    def feed(self, tell: Callable[[str], None]) -> JobFeed:
        return JobFeed(self.database, tell)
