"""The worker of one machine, beside what end_to_end/test_worker.py sees of it."""

from __future__ import annotations

from contextlib import closing

from newsroom import Newsroom

from mailer.desk import relays
from mailer.desk.worker import Worker
from mailer.errors import DatabaseError
from mailer.log import Form, Log


def test_a_relay_that_is_restored_is_tried_at_once(newsroom: Newsroom) -> None:
    """However long was waited for it, and however long the next wait would have been."""
    app = newsroom.app
    worker = Worker(lambda: app, Log(Form.TEXT, app.now))
    [relay] = app.config.smtp.all_relays
    relays.drain(app, relay.name)
    with closing(app.liveness()) as liveness:
        worker._tidy(liveness)
        worker._rests["dispatch 1"].begin(well=False)
        worker._tidy(liveness)
        assert not worker._rests["dispatch 1"].over()
        relays.restore(app, relay.name)
        worker._tidy(liveness)
        assert worker._rests["dispatch 1"].over()


def test_a_database_in_trouble_is_told_of_once(newsroom: Newsroom) -> None:
    """It looks once a second, and would fill its log."""

    def gone() -> None:
        raise DatabaseError("news: nobody answers there")

    def full() -> None:
        raise DatabaseError("news: its disk is full")

    def well() -> None:
        pass

    told: list[str] = []

    class Heard(Log):
        def __call__(self, line: str, **_more: object) -> None:
            told.append(line)

    worker = Worker(lambda: newsroom.app, Heard(Form.TEXT, newsroom.app.now))
    for step in (well, gone, gone, full, full, well, well, gone):
        worker._try(step)
    assert told == [
        "news: nobody answers there",
        "news: its disk is full",
        "the database is back: going on",
        "news: nobody answers there",
    ]
