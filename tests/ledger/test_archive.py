"""The archive shows what came last of an issue, and keeps every erratum."""

from __future__ import annotations

import datetime as dt

import pytest

from mailer.ledger import archive, correction
from mailer.ledger.archive import Erratum
from mailer.ledger.schema import dispatches, shards
from tests.ledger.conftest import Books, later

pytestmark = pytest.mark.both_databases

OCTOBER = dt.date(2020, 10, 31)


def post(
    books: Books, issue_id: str, hours: int, title: str, date: dt.date | None, lang: str = "en"
) -> None:
    edition, number = books.store(issue_id, title=title, date=date, lang=lang)
    with books.database.write() as c:
        archive.post(c, edition, number, "Ann", later(hours))


def correct(books: Books, issue_id: str, hours: int, title: str, note: str) -> None:
    edition, number = books.store(issue_id, title=title, date=OCTOBER)
    with books.database.write() as c:
        archive.correct(c, edition, number, note, "Ann", later(hours))


def shown(books: Books, issue_id: str = "2021-01", lang: str = "en") -> str | None:
    with books.database.read() as c:
        found = archive.shown(c, issue_id, lang)
    return None if found is None else found.title


def test_an_edition_that_was_only_stored_is_not_in_the_archive(books: Books) -> None:
    """An approved one, say."""
    books.store()
    assert shown(books) is None
    with books.database.read() as c:
        assert archive.listed(c) == []
        assert not archive.is_sent(c, "2021-01", "en")


def test_the_page_is_that_of_the_edition_which_came_last(books: Books) -> None:
    """By posting, dispatch or correction, whichever order they come in."""
    post(books, "2021-01", 0, "posted", None)
    assert shown(books) == "posted"
    books.send(books.store(title="sent")[1], "2021-01", later(1))
    assert shown(books) == "sent"
    correct(books, "2021-01", 2, "corrected", "a slip")
    assert shown(books) == "corrected"
    books.send(books.store(title="late")[1], "2021-01", later(3), "late-1")
    assert shown(books) == "late"


def test_every_erratum_stays_the_latest_first(books: Books) -> None:
    """Also where the page is another edition's by now."""
    correct(books, "2021-01", 1, "b", "the first slip")
    correct(books, "2021-01", 2, "c", "the second slip")
    correct(books, "2020-12", 3, "c", "another issue's")
    post(books, "2021-01", 4, "d", None)
    with books.database.read() as c:
        assert archive.notes(c, "2021-01", "en") == [
            Erratum("the second slip", later(2)),
            Erratum("the first slip", later(1)),
        ]


def test_issues_are_listed_by_date_whenever_they_came_in(books: Books) -> None:
    """An old one that is posted today stands in its place; one without a date, where it came in;
    a late dispatch or a correction moves nothing."""
    books.send(books.store("2021-01", date=dt.date(2021, 1, 31))[1], "2021-01", later(0))
    books.send(books.store("undated", date=None)[1], "undated", later(24 * 20))
    post(books, "2019-05", 24 * 40, "May", dt.date(2019, 5, 31))
    post(books, "2020-10", 24 * 41, "October", OCTOBER)
    correct(books, "2020-10", 24 * 42, "October, mended", "a slip")
    books.send(books.store("2021-01")[1], "2021-01", later(24 * 60), "late-1")
    with books.database.read() as c:
        found = archive.listed(c)
    assert [[each.issue_id for each in issue] for issue in found] == [
        ["undated"],
        ["2021-01"],
        ["2020-10"],
        ["2019-05"],
    ]
    (october,) = found[2]
    assert (october.title, october.lang, october.since) == ("October, mended", "en", later(24 * 41))


def test_what_was_dispatched_was_sent(books: Books) -> None:
    """What was only posted was not."""
    post(books, "2020-10", 0, "October", None)
    books.send(books.store("2021-01")[1], "2021-01", later(0))
    with books.database.read() as c:
        assert archive.is_sent(c, "2021-01", "en")
        assert not archive.is_sent(c, "2020-10", "en")


def test_each_language_of_an_issue_has_its_page(books: Books) -> None:
    """Neither hides the other, or stands under the other's notes; the first shown gives the issue
    its place."""
    books.send(books.store(title="January")[1], "2021-01", later(0))
    post(books, "2021-01", 1, "Januar", dt.date(2021, 3, 1), "de")
    post(books, "2021-02", 2, "February", dt.date(2021, 2, 1))
    correct(books, "2021-01", 3, "January, mended", "a slip")
    assert (shown(books), shown(books, lang="de")) == ("January, mended", "Januar")
    assert shown(books, lang="fr") is None
    with books.database.read() as c:
        assert [each.lang for each in archive.of_issue(c, "2021-01")] == ["en", "de"]
        assert archive.of_issue(c, "2020-12") == []
        assert archive.is_sent(c, "2021-01", "en")
        assert not archive.is_sent(c, "2021-01", "de")
        assert archive.notes(c, "2021-01", "de") == []
        found = archive.listed(c)
    assert [[(each.title, each.lang) for each in issue] for issue in found] == [
        [("February", "en")],
        [("January, mended", "en"), ("Januar", "de")],
    ]


def test_a_dispatch_that_has_not_begun_shows_nothing(books: Books) -> None:
    """What is scheduled is nobody's to read before its time."""
    books.send(books.store()[1], "2021-01", later(0))
    with books.database.write() as c:
        c.execute(dispatches.update().values(started_at=None, state="scheduled"))
    assert shown(books) is None
    with books.database.read() as c:
        assert archive.listed(c) == []
        assert not archive.is_sent(c, "2021-01", "en")


def test_a_version_that_was_mended_while_it_was_sent_stays(books: Books) -> None:
    """Where readers have it; the page is that of the mended one."""
    versions = [books.store(title=title) for title in ("first", "second", "third", "fourth")]
    books.send(versions[0][1], "2021-01", later(0))
    with books.database.write() as c:
        shard = {"dispatch_id": 1, "number": 1, "first_seq": 1, "last_seq": 9, "due_at": later(0)}
        c.execute(shards.insert().values(shard | {"sent": 2, "planned": 7}))
        correction.correct(c, 1, versions[1][1], "Ann")
        c.execute(shards.update().values(sent=4, planned=5))
        correction.correct(c, 1, versions[2][1], "Ann")
        correction.correct(c, 1, versions[3][1], "Ann")  # nobody had the third
    assert shown(books) == "fourth"
    with books.database.read() as c:
        found = [each.version for each in archive.earlier(c, "2021-01")]
        assert archive.earlier(c, "2020-12") == []
    assert found == [versions[1][0].content_hash, versions[0][0].content_hash]
