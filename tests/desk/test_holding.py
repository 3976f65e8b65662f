"""A relay that knows nobody any more costs nobody the newsletter."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from desk.test_returns import DEAD, FULL, about, another, take
from newsroom import Newsroom

from mailer.app import open_app
from mailer.desk import collecting
from mailer.errors import NotFound
from mailer.feedback.policy import Effect, are_too_many
from mailer.ledger.schema import letters
from subscribers.model import Consent, SuppressionReason

EVERY = [f"reader{number}@example.org" for number in range(30)]
BOUNCED = [SuppressionReason.BOUNCED]


def send(newsroom: Newsroom) -> int:
    newsroom.add(len(EVERY))
    return newsroom.send()


def suppressed(newsroom: Newsroom) -> set[str]:
    return {each for each in EVERY if newsroom.app.store.show(each).suppressions}


def report_all(newsroom: Newsroom, dispatch: int, readers: list[str]) -> list[Effect]:
    return [take(newsroom, about(newsroom, dispatch, each, DEAD)).effect for each in readers]


def answer(newsroom: Newsroom, reader: str) -> None:
    """They leave and come back, by their own act."""
    app = newsroom.app
    [subscription] = app.store.show(reader).subscriptions
    app.store.unsubscribe_token(subscription.token, "a page", app.now())
    app.store.resubscribe_token(subscription.token, Consent("a page", "yes"), app.now())


def kinds(newsroom: Newsroom) -> list[str]:
    with newsroom.app.database.read() as c:
        return list(c.scalars(sa.select(letters.c.kind)))


def test_so_many_dead_at_once_are_held(newsroom: Newsroom) -> None:
    """Also those before it was seen that they are many; the editor is told once."""
    dispatch = send(newsroom)
    assert report_all(newsroom, dispatch, EVERY[:25]) == [Effect.SUPPRESSED] * 25
    assert suppressed(newsroom) == set(EVERY[:25])
    assert report_all(newsroom, dispatch, EVERY[25:27]) == [Effect.HELD] * 2
    assert suppressed(newsroom) == set()
    [held] = collecting.todo(newsroom.app).held
    assert (held.dispatch_id, held.copies, held.total) == (dispatch, 27, 30)
    assert held.text == DEAD
    assert kinds(newsroom).count("held") == 1


@pytest.mark.both_databases
def test_an_editor_agrees(
    newsroom: Newsroom, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then they leave after all, and those who follow at once; but nobody who has answered a mail
    meanwhile."""
    monkeypatch.setenv("MAILER_DATABASE__URL", database_url)
    newsroom.app = open_app(newsroom.app.folder)
    newsroom.app.store.create_list("monthly", "Monthly", "monthly.l", newsroom.app.now())
    dispatch = send(newsroom)
    report_all(newsroom, dispatch, EVERY[:26])
    answer(newsroom, EVERY[3])
    assert collecting.agree(newsroom.app, f"dispatch-{dispatch}") == 25
    assert suppressed(newsroom) == {*EVERY[:26]} - {EVERY[3]}
    assert collecting.todo(newsroom.app).held == []
    assert report_all(newsroom, dispatch, EVERY[26:27]) == [Effect.SUPPRESSED]
    newsroom.app.database.close()


def test_an_editor_knows_better(newsroom: Newsroom) -> None:
    """Nobody is suppressed, and it is off the list."""
    dispatch = send(newsroom)
    report_all(newsroom, dispatch, EVERY[:26])
    collecting.settle(newsroom.app, f"dispatch-{dispatch}")
    assert suppressed(newsroom) == set()
    assert collecting.todo(newsroom.app).held == []
    with pytest.raises(NotFound, match="nothing of it is held"):
        collecting.agree(newsroom.app, f"dispatch-{dispatch}")
    with pytest.raises(NotFound, match="nothing of it is held"):
        collecting.agree(newsroom.app, "wish-1")


def test_what_was_suppressed_for_another_reason_stays(newsroom: Newsroom) -> None:
    """Only what the held reports did is taken back."""
    dispatch = send(newsroom)
    app = newsroom.app
    report_all(newsroom, dispatch, EVERY[:25])
    app.store.suppress(EVERY[0], None, SuppressionReason.MANUAL, "by letter", app.now())
    report_all(newsroom, dispatch, EVERY[25:26])
    assert suppressed(newsroom) == {EVERY[0]}


@pytest.mark.parametrize(
    ("suppressed", "total", "share", "too_many"),
    [
        (25, 25, 0.2, False),
        (26, 26, 0.2, True),
        (200, 1000, 0.2, False),
        (201, 1000, 0.2, True),
        (1000, 1000, 1, False),
    ],
)
def test_a_few_are_never_too_many(
    suppressed: int, total: int, share: float, too_many: bool
) -> None:
    """Nor all of them, where the editor says so."""
    assert are_too_many(suppressed, total, share) is too_many


@pytest.mark.parametrize("said", [DEAD, FULL])
def test_a_late_report_is_of_no_reader_who_has_answered_since(
    newsroom: Newsroom, said: str
) -> None:
    """An address that was dead when the copy came is not dead now. One on a later copy counts."""
    bounces = newsroom.app.config.bounces.model_copy(update={"soft_count": 1})
    config = newsroom.app.config.model_copy(update={"bounces": bounces})
    newsroom.app = dataclasses.replace(newsroom.app, config=config)
    dispatch = send(newsroom)
    answer(newsroom, EVERY[0])
    assert take(newsroom, about(newsroom, dispatch, EVERY[0], said)).effect is Effect.NOTED
    assert suppressed(newsroom) == set()
    later = another(newsroom, 1)
    assert take(newsroom, about(newsroom, later, EVERY[0], said)).effect is Effect.SUPPRESSED
