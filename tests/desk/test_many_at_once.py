"""What is done to many people at once is asked of the database as often as what is done to few."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import newsroom
import pytest
import statements

from mailer.app import App, open_app
from mailer.desk import inviting, pruning
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes

FEW, MANY = 5, 150  # all of them one chunk, page, batch
RETENTION = '\n[retention]\npending = "1d"\nleft = "1d"\n'
LONG_AGO = "2020-02-01"


def _bring_in(app: App, count: int, status: str = "") -> None:
    """With tags and an attribute; who left did so long ago."""
    rows = (f"r{n}@example.org,{status},{LONG_AGO},t{n % 5},{n}" for n in range(count))
    text = "\n".join(["email,status,left,tags,number", *rows]).encode()
    wishes = Wishes(mapping={"status": "status", "left": "left_at"})
    import_file(app.store, io.BytesIO(text), "monthly", wishes, app.now())


def _bring_in_twice(app: App, count: int) -> None:
    _bring_in(app, count)
    _bring_in(app, count, "subscribed")


def _prune(app: App, count: int) -> None:
    assert sum(pruning.prune(app).values()) == count


def _invite(app: App, count: int) -> None:
    assert inviting.invite(app, "monthly", count) == (count, 0)


def _age(app: App) -> None:
    with app.database.write() as c:
        c.exec_driver_sql("UPDATE subscriptions SET created_at = 0")


def _nobody(_app: App, _count: int) -> None:
    """There is nobody before."""


def _pending(app: App, count: int) -> None:
    _bring_in(app, count)
    _age(app)


def _gone(app: App, count: int) -> None:
    """Who left us, and is suppressed nowhere."""
    _bring_in(app, count)
    with app.database.write() as c:
        c.exec_driver_sql("UPDATE subscriptions SET status = 'unsubscribed', unsubscribed_at = 0")


Act = Callable[[App, int], None]


@pytest.mark.parametrize(
    ("before", "act"),
    [
        (_nobody, _bring_in_twice),
        (_nobody, lambda app, count: _bring_in(app, count, "unsubscribed")),
        (_bring_in, _invite),
        (_pending, _prune),
        (_gone, _prune),
    ],
    ids=["import", "import_who_left", "invite", "prune_pending", "prune_left"],
)
def test_statements_do_not_grow_with_the_people(tmp_path: Path, before: Act, act: Act) -> None:
    counts = []
    for count in (FEW, MANY):
        app = newsroom.make(tmp_path / str(count)).app
        toml = app.folder / "mailer.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + RETENTION, encoding="utf-8")
        app = open_app(app.folder)
        before(app, count)
        with statements.asked(app.database.engine) as asked:
            act(app, count)
        app.database.close()
        counts.append(len(asked))
    few, many = counts
    assert 0 < few <= many <= few + 6  # an INSERT of SQLite's takes a limited number of rows
