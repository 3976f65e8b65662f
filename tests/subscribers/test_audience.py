from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from subscribers import audience
from subscribers.audience import MAX_BATCH, Use, lengths
from subscribers.errors import UnknownList
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

Confirm = Callable[[str, str], bytes]


def _ids(store: Store, list_name: str) -> list[int]:
    with store.database.read() as connection:
        return [row.subscription_id for row in connection.execute(store.audience(list_name))]


def _welcome(store: Store, ids: list[int]) -> set[int]:
    with store.database.read() as connection:
        return set(connection.scalars(store.welcome(ids)))


def test_the_audience_comes_in_the_order_of_its_ids_with_all_a_plan_needs(
    store: Store, confirm: Confirm
) -> None:
    tokens = [confirm(f"{name}@example.org", "monthly") for name in ("zoe", "Anna", "mo")]
    with store.database.read() as connection:
        rows = connection.execute(store.audience("monthly")).all()
    assert [row.email for row in rows] == ["zoe@example.org", "Anna@example.org", "mo@example.org"]
    assert [row.token for row in rows] == tokens
    assert [row.subscription_id for row in rows] == sorted(row.subscription_id for row in rows)
    assert [row.subscriber_id for row in rows] == [store.show(row.email).id for row in rows]


def test_the_audience_of_an_unknown_list_is_refused(store: Store) -> None:
    with pytest.raises(UnknownList):
        store.audience("daily")


def test_a_batch_gets_the_values_for_its_slots(store: Store, at: dt.datetime) -> None:
    consent = Consent("form", "yes")
    for name in ("anna", "ben"):
        attributes = {"first_name": name.title()}
        address = f"{name}@example.org"
        store.add(address, "monthly", attributes, consent, SubscriptionStatus.CONFIRMED, at)
    first, second = _ids(store, "monthly")
    with store.database.read() as connection:
        found = connection.execute(store.recipients([second, first, 999])).all()
    assert {row.subscription_id: (row.email, row.attributes) for row in found} == {
        first: ("anna@example.org", {"first_name": "Anna"}),
        second: ("ben@example.org", {"first_name": "Ben"}),
    }


def test_of_a_batch_only_those_are_welcome_who_still_want_it(
    store: Store, confirm: Confirm, at: dt.datetime
) -> None:
    for name in ("stays", "leaves", "bounces", "elsewhere"):
        confirm(f"{name}@example.org", "monthly")
    ids = _ids(store, "monthly")
    store.unsubscribe("leaves@example.org", None, "request", at)
    store.suppress("bounces@example.org", None, SuppressionReason.BOUNCED, "", at)
    store.suppress("elsewhere@example.org", "weekly", SuppressionReason.MANUAL, "", at)
    assert _welcome(store, [*ids, 999]) == {ids[0], ids[3]}
    assert _welcome(store, []) == set()


def test_a_batch_has_a_bound_that_both_databases_can_take(store: Store) -> None:
    assert _welcome(store, list(range(MAX_BATCH))) == set()
    with pytest.raises(ValueError, match="at most"):
        store.welcome(range(MAX_BATCH + 1))
    with pytest.raises(ValueError, match="at most"):
        store.recipients(range(MAX_BATCH + 1))


def test_the_length_of_a_text_is_told_for_everybody_in_octets(
    store: Store, at: dt.datetime
) -> None:
    """The address and each value as often as it is used; null where one is missing without
    something else for it, or blank."""
    consent, confirmed = Consent("form", "yes"), SubscriptionStatus.CONFIRMED
    for name, attributes in (
        ("ann", {"first_name": "Ann", "city": "Wien"}),
        ("ben", {"first_name": "Ödön", "city": "o'clock\\"}),
        ("cy", {"first_name": "", "city": "Rom"}),
        ("dot", {"first_name": "Dot", "city": ""}),
        ("eve", {}),
        ("fay", {"first_name": " \u3000", "city": "Bonn"}),
        ("gil", {"first_name": "Gil", "city": "\t\r\n \u00a0\u2028"}),
    ):
        store.add(f"{name}@a.org", "monthly", attributes, consent, confirmed, at)
    uses = [Use("first_name", 2, len("reader")), Use("city", 1, None)]
    with store.database.read() as connection:
        people = store.audience("monthly")
        found = connection.execute(lengths(people, uses)).all()
        bare = connection.execute(lengths(people, [])).all()
    told = [9 + 6 + 4, 9 + 12 + 8, 8 + 12 + 3, None, None, 9 + 12 + 4, None]
    assert [row[1] for row in found] == told
    assert [row[1] for row in bare] == [9, 9, 8, 9, 9, 9, 9]
    assert [row[0] for row in found] == _ids(store, "monthly")


@pytest.mark.parametrize("segment", ["everybody", "some"])
def test_an_audience_is_read_page_by_page(
    store: Store,
    confirm: Confirm,
    at: dt.datetime,
    monkeypatch: pytest.MonkeyPatch,
    segment: str,
) -> None:
    """All of it, in its order, whatever a page holds; whoever is not welcome stands on none."""
    monkeypatch.setattr(audience, "MAX_BATCH", 3)
    for number in range(8):
        confirm(f"reader{number}@example.org", "monthly")
    store.suppress("reader1@example.org", None, SuppressionReason.BOUNCED, "", at)
    store.segments.save("everybody", "sample 100%", False, at)
    store.segments.save("some", 'sample 6 seed "x"', False, at)
    people = store.audience("monthly", segment)
    with store.database.read() as connection:
        whole = connection.execute(people).all()
    read = list(audience.pages(store.database, people))
    assert [row for page in read for row in page] == whole
    assert [len(page) for page in read] == ([3, 3, 1] if segment == "everybody" else [3, 3])
    octets = [
        row.octets for page in audience.pages(store.database, lengths(people, [])) for row in page
    ]
    assert octets == [len("reader0@example.org")] * len(whole)


def test_recipients_come_with_their_sign_up_where_it_is_asked_for(
    store: Store, at: dt.datetime
) -> None:
    """When it was confirmed, in microseconds, and the last form that is known."""
    joined = dt.datetime(2020, 5, 3, tzinfo=dt.UTC)
    form = Consent("web form", "yes", form="example.org/join")
    confirmed = SubscriptionStatus.CONFIRMED
    store.add("a@example.org", "monthly", {"city": "Ulm"}, form, confirmed, joined)
    store.add("b@example.org", "monthly", {}, Consent("paper", "yes"), confirmed, joined)
    with store.database.read() as connection:
        ids = [row.subscription_id for row in connection.execute(store.audience("monthly"))]
        rows = connection.execute(store.recipients(ids, with_sign_up=True)).all()
    values = {row[1]: row[2] for row in rows}
    told = {"signed_up_on": "1588464000000000"}
    assert values == {
        "a@example.org": {"city": "Ulm", "signed_up_at": "example.org/join", **told},
        "b@example.org": {"signed_up_at": "", **told},
    }
