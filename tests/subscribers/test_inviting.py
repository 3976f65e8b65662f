from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import acts
import pytest

from subscribers.inviting import REST, invite, waiting
from subscribers.model import SubscriptionStatus, SuppressionReason
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

Invite = Callable[..., list[str]]


@pytest.fixture
def asked(store: Store, at: dt.datetime) -> Invite:
    """Who is invited to `monthly`, so many days from now."""
    list_id = store.list("monthly").id

    def asked(most: int, days: float = 0) -> list[str]:
        with store.database.write() as connection:
            when = at + dt.timedelta(days=days)
            chosen = invite(connection, list_id, most, store.fingerprint, when)
        return [each.email.partition("@")[0] for each in chosen]

    return asked


@pytest.fixture(autouse=True)
def people(store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes]) -> None:
    """Four who are pending, and others who must not be asked."""
    confirm("fay@example.org", "monthly")
    for name in ("anna", "ben", "cleo", "dora", "emil", "gil"):
        store.add(f"{name}@example.org", "monthly", {}, None, SubscriptionStatus.PENDING, at)
    store.add("hal@example.org", "weekly", {}, None, SubscriptionStatus.PENDING, at)
    store.unsubscribe("emil@example.org", "monthly", "request", at)
    store.suppress("gil@example.org", None, SuppressionReason.BOUNCED, "550", at)


def test_pending_people_are_asked_once_a_month_at_most(asked: Invite) -> None:
    assert asked(3) == ["anna", "ben", "cleo"]
    assert asked(3, 1) == ["dora"]
    assert asked(3, 2) == []
    assert asked(9, REST.days) == ["anna", "ben", "cleo"]


def test_who_was_erased_is_not_asked_though_somebody_signed_them_up_since(
    store: Store, asked: Invite, at: dt.datetime
) -> None:
    """They had a mail about that sign-up, and did not answer."""
    acts.erase(store, "anna@example.org")
    acts.sign_up(store, "anna@example.org", "monthly", at)
    assert asked(9, REST.days + 1) == ["ben", "cleo", "dora"]
    with store.database.read() as connection:
        later = at + 3 * REST
        assert waiting(connection, store.list("monthly").id, store.fingerprint, later) == 3


def test_those_who_were_never_asked_come_first_then_who_was_asked_longest_ago(
    store: Store, asked: Invite, at: dt.datetime
) -> None:
    assert asked(1) == ["anna"]
    assert asked(2, 5) == ["ben", "cleo"]
    assert asked(3, 40) == ["dora", "anna", "ben"]


def test_those_who_wait_are_counted_and_the_log_tells_of_the_question(
    store: Store, asked: Invite, at: dt.datetime
) -> None:
    asked(1)
    with store.database.read() as connection:
        assert waiting(connection, store.list("monthly").id, store.fingerprint, at) == 3
    assert [event.event.value for event in store.show("anna@example.org").consents] == [
        "added",
        "invited",
    ]
