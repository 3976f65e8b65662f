"""Moving a publication into another database, from SQLite to PostgreSQL as a rule."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import sqlalchemy as sa

from mailer import migrations
from mailer.app import App
from mailer.config.database import checked, within
from mailer.database import Database
from mailer.errors import UsageError
from mailer.ledger import control, holders, status, workers
from mailer.migrations import copying
from mailer.model.delivery import DispatchState

_GOING_ON = (DispatchState.SCHEDULED, DispatchState.OPEN)


def move(app: App, url: str, told: Callable[[str, int], None]) -> dict[str, int]:
    """Copy all rows into the empty database at `url`, as it would stand in mailer.toml; how many of
    each table.

    Dispatches that are not at their end are paused in the database that is left, so that it sends
    none of what the other one sends from now on. Raises UsageError while somebody sends,
    DatabaseError where the copy is not whole: then nothing was copied.
    """
    try:
        url = within(app.folder, checked(url))
    except ValueError as error:
        raise UsageError(f"the other database's URL {error}") from error
    migrations.require_current(app.database)
    with closing(Database(url)) as target:
        if target.url == app.database.url:
            raise UsageError(f"{target.where}: is the publication's database already")
        migrations.upgrade(url)
        with app.database.write() as source:
            copying.hold_still(source)
            _require_quiet(app, source)
            with target.write() as c:
                copied = copying.copy(source, c, told)
            _pause(app, source, f"moved to {target.where}")
    return copied


def _require_quiet(app: App, c: sa.Connection) -> None:
    if workers.seen_lately(c):
        raise UsageError(
            "a worker is at work: stop it, then repeat the command (one that was killed counts as "
            "gone after a minute)"
        )
    with closing(app.liveness()) as liveness:
        if holders.is_held(c, liveness):
            raise UsageError("somebody is sending: stop that first, then repeat the command")


def _pause(app: App, c: sa.Connection, reason: str) -> None:
    for dispatch in status.statuses(c):
        if dispatch.state in _GOING_ON:
            control.pause(c, dispatch.id, reason, app.actor)
