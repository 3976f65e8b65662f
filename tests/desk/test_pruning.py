"""What a publication does not want to keep any longer is gone, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import publication
import pytest
import sqlalchemy as sa
from newsroom import Newsroom

from mailer.app import App, open_app
from mailer.desk import erasing, pruning
from mailer.errors import ConfigError
from mailer.ledger import plan, status
from mailer.ledger.schema import attempts, deliveries, dispatches, refusals
from mailer.model.delivery import DispatchState
from subscribers import retention
from subscribers.address import Address, parse
from subscribers.errors import UnknownSubscriber
from subscribers.model import Added, Consent, SubscriptionStatus

DAY = dt.timedelta(days=1)
FORM = Consent("a form", "yes", "192.0.2.7", "Browser/1")
PENDING, CONFIRMED, _ = SubscriptionStatus


def _with(newsroom: Newsroom, rules: str) -> App:
    """The publication, with these rules of retention, and a second list."""
    toml = newsroom.app.folder / "mailer.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + f"\n[retention]\n{rules}\n")
    newsroom.app = open_app(newsroom.app.folder)
    newsroom.app.store.create_list("weekly", "Weekly", "weekly.example.org", newsroom.app.now())
    return newsroom.app


def _add(app: App, name: str, status: SubscriptionStatus, days: int, to: str = "monthly") -> None:
    """So many days ago."""
    app.store.add(f"{name}@example.org", to, {}, FORM, status, app.now() - days * DAY)


def _leave(app: App, name: str, days: int, list_name: str | None = None) -> None:
    app.store.unsubscribe(f"{name}@example.org", list_name, "by mail", app.now() - days * DAY)


def _lists(app: App, name: str) -> list[str]:
    try:
        return [each.list for each in app.store.show(f"{name}@example.org").subscriptions]
    except UnknownSubscriber:
        return []


def test_who_never_confirmed_is_gone_and_may_come_again(newsroom: Newsroom) -> None:
    app = _with(newsroom, 'pending = "30d"')
    _add(app, "ann", PENDING, 31)
    _add(app, "ben", PENDING, 29)
    _add(app, "cleo", CONFIRMED, 500)
    _add(app, "dora", PENDING, 31)
    _add(app, "dora", CONFIRMED, 31, to="weekly")
    assert pruning.prune(app, dry_run=True) == {"pending": 2}
    assert _lists(app, "ann") == ["monthly"]
    assert pruning.prune(app) == {"pending": 2}
    assert {name: _lists(app, name) for name in ("ann", "ben", "cleo", "dora")} == {
        "ann": [],
        "ben": ["monthly"],
        "cleo": ["monthly"],
        "dora": ["weekly"],
    }
    again = app.store.add("ann@example.org", "monthly", {}, FORM, CONFIRMED, app.now())
    assert again.added is Added.ADDED


def test_who_left_every_list_is_erased_and_no_import_brings_them_back(newsroom: Newsroom) -> None:
    app = _with(newsroom, 'left = "30d"')
    for name in ("ann", "ben", "cleo"):
        _add(app, name, CONFIRMED, 500)
    _leave(app, "ann", 31)
    _leave(app, "ben", 29)
    _leave(app, "cleo", 31, "monthly")
    _add(app, "cleo", CONFIRMED, 31, to="weekly")
    assert pruning.prune(app, dry_run=True) == {"left": 1}
    assert pruning.prune(app) == {"left": 1}
    assert [name for name in ("ann", "ben", "cleo") if _lists(app, name)] == ["ben", "cleo"]
    again = app.store.add("ann@example.org", "monthly", {}, FORM, CONFIRMED, app.now())
    assert again.added is Added.KEPT


def test_who_comes_back_while_others_are_erased_stays(newsroom: Newsroom) -> None:
    """With their copies; to look for those of many takes a while."""
    app = _with(newsroom, 'left = "30d"')
    for name in ("ann", "ben"):
        _add(app, name, CONFIRMED, 500)
    publication.Bench(app.folder, app.database, app.store).plan()
    for name in ("ann", "ben"):
        _leave(app, name, 31)
    left = [parse(f"{name}@example.org") for name in ("ann", "ben")]

    def still(_some: Sequence[Address]) -> sa.Select[str, str]:
        return retention.left_since(app.now() - 30 * DAY)

    token = app.store.show("ben@example.org").subscriptions[0].token
    app.store.resubscribe_token(token, FORM, app.now())
    assert erasing.erase_all(app, left, still) == 1
    assert [_lists(app, name) for name in ("ann", "ben")] == [[], ["monthly"]]
    with app.database.read() as c:
        assert c.scalars(sa.select(deliveries.c.email)).all() == [None, "ben@example.org"]
    assert erasing.erase_all(app, left, still) == 0
    with app.database.read() as c:
        assert c.scalars(sa.select(deliveries.c.email)).all() == [None, "ben@example.org"]


@pytest.mark.parametrize(
    ("state", "days", "dropped"),
    [
        (DispatchState.FINISHED, 31, 2),
        (DispatchState.CANCELLED, 31, 2),
        (DispatchState.FINISHED, 29, 0),
        (DispatchState.OPEN, 31, 0),
        (DispatchState.PAUSED, 31, 0),
    ],
)
def test_old_copies_no_longer_say_to_whom_they_went_and_are_not_sent_again(
    newsroom: Newsroom, state: DispatchState, days: int, dropped: int
) -> None:
    app = _with(newsroom, 'copies = "30d"')
    newsroom.add(2)
    bench = publication.Bench(app.folder, app.database, app.store)
    dispatch_id = bench.plan()
    with app.database.write() as c:
        when = app.now() - days * DAY
        c.execute(deliveries.update().values(state="sent", changed_at=when, reply="250 for you"))
        c.execute(dispatches.update().values(state=state))
        said = (dispatch_id, 1, 1, when, "relay", 450, "4.7.1", "<reader0@example.org> later")
        c.execute(attempts.insert().values(said))
        c.execute(refusals.insert().values(dispatch_id=dispatch_id, seq=1))
    assert pruning.prune(app, dry_run=True) == {"copies": dropped}
    assert pruning.prune(app) == {"copies": dropped}
    with app.database.read() as c:
        rows = c.execute(sa.select(deliveries.c.email, deliveries.c.token, deliveries.c.reply))
        assert sum(row == (None, None, "") for row in rows) == dropped
        assert (c.scalar(sa.select(attempts.c.text)) == "") is bool(dropped)
        assert (c.scalar(sa.select(refusals.c.seq)) is None) is bool(dropped)
        assert plan.count(c, app.store.audience("monthly"), "2021-01") == 0
        assert status.status(c, dispatch_id).total == 2
    assert pruning.prune(app) == {"copies": 0}


def test_where_a_consent_came_from_is_forgotten_and_the_consent_is_not(newsroom: Newsroom) -> None:
    app = _with(newsroom, 'origins = "30d"')
    _add(app, "ann", CONFIRMED, 31)
    _add(app, "ben", CONFIRMED, 29)
    assert pruning.prune(app, dry_run=True) == {"origins": 1}
    assert pruning.prune(app) == {"origins": 1}
    ann, ben = (app.store.show(f"{name}@example.org").consents[0] for name in ("ann", "ben"))
    assert (ann.ip, ann.user_agent, ann.evidence) == (None, None, "yes")
    assert ben.ip == "192.0.2.7"


def test_without_rules_nothing_is_deleted(newsroom: Newsroom) -> None:
    app = _with(newsroom, "")
    _add(app, "ann", PENDING, 5000)
    assert pruning.prune(app) == {}
    assert _lists(app, "ann") == ["monthly"]


def test_a_rule_of_less_than_a_day_is_a_slip(newsroom: Newsroom) -> None:
    with pytest.raises(ConfigError, match=r"retention\.pending"):
        _with(newsroom, 'pending = "30m"')
