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
    """Also those before it was seen that they are many, but nobody who was suppressed for another
    reason. The editor is told once, and may know better: then nobody is suppressed."""
    dispatch, app = send(newsroom), newsroom.app
    assert report_all(newsroom, dispatch, EVERY[:25]) == [Effect.SUPPRESSED] * 25
    assert suppressed(newsroom) == set(EVERY[:25])
    app.store.suppress(EVERY[0], None, SuppressionReason.MANUAL, "by letter", app.now())
    assert report_all(newsroom, dispatch, EVERY[25:27]) == [Effect.HELD] * 2
    assert suppressed(newsroom) == {EVERY[0]}
    [held] = collecting.todo(app).held
    assert (held.dispatch_id, held.copies, held.total) == (dispatch, 27, 30)
    assert held.text == DEAD
    assert kinds(newsroom).count("held") == 1
    collecting.settle(app, f"dispatch-{dispatch}")
    assert suppressed(newsroom) == {EVERY[0]}
    assert collecting.todo(app).held == []


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


@pytest.mark.parametrize("name", ["dispatch-1", "wish-1"])
def test_what_is_not_held_cannot_be_agreed_to(newsroom: Newsroom, name: str) -> None:
    """A wrong name is one line."""
    with pytest.raises(NotFound, match="nothing of it is held"):
        collecting.agree(newsroom.app, name)
    with pytest.raises(NotFound, match="bounce todo"):
        collecting.settle(newsroom.app, name)


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
    newsroom.add(1)
    dispatch = newsroom.send()
    answer(newsroom, EVERY[0])
    assert take(newsroom, about(newsroom, dispatch, EVERY[0], said)).effect is Effect.NOTED
    assert newsroom.app.store.show(EVERY[0]).suppressions == ()
    later = another(newsroom, 1)
    assert take(newsroom, about(newsroom, later, EVERY[0], said)).effect is Effect.SUPPRESSED
