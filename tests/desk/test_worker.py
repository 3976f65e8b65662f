"""The worker of one machine, beside what end_to_end/test_worker.py sees of it."""

from __future__ import annotations

from newsroom import Newsroom

from mailer.desk.worker import Worker
from mailer.errors import DatabaseError
from mailer.log import Form, Log


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
