"""The pass that makes good what the engine does not do by itself.

Every worker makes it; it changes nothing where nothing is amiss. Procrastinate leaves the jobs of a
worker that died where they are, and whoever finishes a job need not have done what it was about.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from mailer.engine.procrastinate import jobs
from mailer.engine.procrastinate.jobs import Task
from mailer.ledger import agenda, clock
from mailer.ledger.agenda import Agenda
from mailer.ledger.alone import alone_or_not_at_all


def keep_house(c: sa.Connection) -> None:
    """Whatever is due and has no live job gets one, and what is held has none; one worker at a time
    sees to it."""
    if alone_or_not_at_all(c, "the engine's housekeeping"):
        jobs.drop_stalled(c)
        jobs.drop_idle(c)
        jobs.enqueue_errands(c, _errands(agenda.agenda(c, clock.now(c))))
        jobs.enqueue_due(c)


def _errands(found: Agenda) -> Iterator[tuple[Task, int]]:
    for due in found.begin:
        yield Task.BEGIN, due.dispatch_id
    wanted = {Task.LETTERS: found.write, Task.REPLIES: found.hand_on, Task.NOTICES: found.answer}
    for task, is_wanted in wanted.items():
        if is_wanted:
            yield task, 0
