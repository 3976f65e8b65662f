"""An approval is somebody's word about exact bytes; the latest of an issue and language holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mailer.ledger import approvals
from mailer.model.approval import Approval
from tests.ledger.conftest import NOON, Books, later

pytestmark = pytest.mark.both_databases


def approve(books: Books, by: str = "Ann", at: dt.datetime = NOON, **changes: Any) -> bool:
    edition, number = books.store(**changes)
    with books.database.write() as c:
        return approvals.approve(c, edition, number, by, at)


def in_force(books: Books, issue_id: str = "2021-01", lang: str = "en") -> Approval | None:
    with books.database.read() as c:
        return approvals.in_force(c, issue_id, lang)


def test_an_approval_says_who_what_and_when(books: Books) -> None:
    assert in_force(books) is None
    assert approve(books)
    version = books.store()[0].content_hash
    assert in_force(books) == Approval("2021-01", "en", version, "Ann", NOON)


def test_the_latest_word_holds_and_the_earlier_ones_are_kept(books: Books) -> None:
    """Also where it goes back to an earlier version."""
    approve(books)
    approve(books, title="February")
    approve(books, by="Bob", at=later(1))
    found = in_force(books)
    assert found is not None
    assert (found.by, found.version) == ("Bob", books.store()[0].content_hash)
    with books.database.read() as c:
        assert [each.by for each in approvals.of_issue(c, "2021-01", "en")] == ["Bob", "Ann", "Ann"]


def test_the_same_word_twice_is_one(books: Books) -> None:
    """Another person's is another."""
    assert approve(books)
    assert not approve(books, at=later(1))
    assert approve(books, by="Bob")
    assert approve(books)


def test_each_language_of_an_issue_is_approved_by_itself(books: Books) -> None:
    approve(books)
    approve(books, lang="de", by="Bob")
    approve(books, issue_id="2021-02", by="Cy")
    english = in_force(books)
    assert english is not None
    assert english.by == "Ann"
    with books.database.read() as c:
        assert {each.by for each in approvals.all_in_force(c)} == {"Ann", "Bob", "Cy"}


def test_a_version_tells_its_own_approval(books: Books) -> None:
    """For what was sent, whatever was approved since."""
    approve(books)
    approve(books, title="Other", by="Bob")
    with books.database.read() as c:
        found = approvals.of_version(c, books.store()[0].content_hash)
        nothing = approvals.of_version(c, "0" * 64)
    assert found is not None
    assert found.by == "Ann"
    assert nothing is None
