"""A review has one verdict; a question that is asked anew takes the place of the old one."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest

from mailer.ledger import reviews
from mailer.ledger.reviews import Request
from mailer.model.approval import Review, ReviewState
from tests.ledger.conftest import NOON, Books, later

pytestmark = pytest.mark.both_databases


def ask(books: Books, reviewer: str = "bob@example.org", hours: int = 0, **changes: Any) -> Review:
    edition, number = books.store(**changes)
    request = Request(
        file="issues/2021-01.md",
        file_hash="cd" * 32,
        brief="{}",
        reviewer=reviewer,
        asked_by="Ann",
        asked_at=later(hours),
        expires_at=later(hours) + dt.timedelta(days=30),
    )
    with books.database.write() as c:
        return reviews.ask(c, edition, number, request, os.urandom(16))


def decide(books: Books, review: Review, verdict: ReviewState, comment: str = "") -> bool:
    with books.database.write() as c:
        return reviews.decide(c, review, verdict, comment, later(2))


def listed(books: Books, issue_id: str | None = None) -> list[Review]:
    with books.database.read() as c:
        return reviews.listed(c, issue_id)


def test_a_review_is_found_by_its_token(books: Books) -> None:
    """With everything that its page shows."""
    asked = ask(books)
    with books.database.read() as c:
        assert reviews.of_token(c, asked.token) == asked
        assert reviews.of_token(c, os.urandom(16)) is None
    assert (asked.state, asked.reviewer, asked.version) == (
        ReviewState.OPEN,
        "bob@example.org",
        books.store()[0].content_hash,
    )


def test_the_first_verdict_stays(books: Books) -> None:
    """Whatever the page is asked for later."""
    asked = ask(books)
    assert decide(books, asked, ReviewState.SENT_BACK, "a typo")
    assert not decide(books, asked, ReviewState.APPROVED)
    (found,) = listed(books)
    assert (found.state, found.comment, found.decided_at) == (
        ReviewState.SENT_BACK,
        "a typo",
        later(2),
    )


def test_who_is_asked_again_about_the_same_version_keeps_the_link(books: Books) -> None:
    """And has longer to answer; after a verdict it is a new question."""
    first = ask(books)
    again = ask(books, hours=5)
    assert (again.id, again.token) == (first.id, first.token)
    assert again.expires_at == first.expires_at + dt.timedelta(hours=5)
    decide(books, again, ReviewState.SENT_BACK, "no")
    assert ask(books, hours=6).id != first.id


def test_a_question_about_another_version_withdraws_the_open_ones(books: Books) -> None:
    """Of that issue and language; verdicts stay, other colleagues' questions about it too."""
    old, decided = ask(books), ask(books, "cy@example.org")
    decide(books, decided, ReviewState.APPROVED)
    ask(books, issue_id="2021-02")
    ask(books, lang="de")
    for reviewer in ("bob@example.org", "dot@example.org"):
        ask(books, reviewer, hours=3, title="Mended")
    states = {(r.reviewer, r.issue_id, r.lang, r.version): r.state for r in listed(books)}
    assert states.pop((old.reviewer, "2021-01", "en", old.version)) is ReviewState.WITHDRAWN
    assert states.pop((decided.reviewer, "2021-01", "en", old.version)) is ReviewState.APPROVED
    assert list(states.values()) == [ReviewState.OPEN] * 4
    assert not decide(books, old, ReviewState.APPROVED)


def test_what_is_open_can_be_withdrawn(books: Books) -> None:
    """No link to it works any longer."""
    ask(books), ask(books, "cy@example.org"), ask(books, issue_id="2021-02")
    with books.database.write() as c:
        assert reviews.withdraw(c, "2021-01", "en", NOON) == 2
        assert reviews.withdraw(c, "2021-01", "en", NOON) == 0
    assert [each.state for each in listed(books, "2021-02")] == [ReviewState.OPEN]
    assert {each.state for each in listed(books, "2021-01")} == {ReviewState.WITHDRAWN}


def test_a_verdict_is_told_once(books: Books) -> None:
    """It waits until somebody could be told."""
    ask(books, "cy@example.org")
    decide(books, ask(books), ReviewState.APPROVED)
    for expected in (1, 0):
        with books.database.write() as c:
            waiting = reviews.untold(c)
            assert len(waiting) == expected
            for review in waiting:
                assert reviews.claim(c, review, NOON)
                assert not reviews.claim(c, review, NOON)
                reviews.give_back(c, review)
                assert reviews.untold(c) == waiting
                assert reviews.claim(c, review, NOON)


@pytest.mark.parametrize(
    ("state", "hours", "is_open", "has_ended"),
    [
        (ReviewState.OPEN, 1, True, False),
        (ReviewState.OPEN, 30 * 24, False, True),
        (ReviewState.APPROVED, 1, False, False),
        (ReviewState.WITHDRAWN, 1, False, True),
    ],
)
def test_a_review_ends_by_time_or_by_withdrawal(
    books: Books, state: ReviewState, hours: int, is_open: bool, has_ended: bool
) -> None:
    asked = ask(books)
    decide(books, asked, state)
    (found,) = listed(books)
    assert found.is_open(later(hours)) is is_open
    assert found.has_ended(later(hours)) is has_ended
