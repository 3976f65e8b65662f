from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from subscribers import passes, selfcare, signup
from subscribers.address import parse
from subscribers.editing import Edit
from subscribers.model import (
    Consent,
    ConsentChange,
    PassKind,
    SubscriptionStatus,
    SuppressionReason,
)
from subscribers.signup import Answer, Asked, SignUp, answer
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

ANN, BOB = "ann@example.org", "bob@example.org"
CONSENT = Consent("a form", "monthly", "192.0.2.1", "a browser", "a page", "Press")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOW = dt.datetime(2021, 1, 31, 9, 30, tzinfo=dt.UTC)


def ask(
    store: Store,
    at: dt.datetime,
    email: str = ANN,
    to: tuple[str, ...] = ("monthly",),
    **attributes: str,
) -> Asked:
    agreed = {store.list(name).id: dataclasses.replace(CONSENT, evidence=name) for name in to}
    made = SignUp(parse(email), agreed, "de", attributes)
    with store.database.write() as c:
        return signup.sign_up(c, made, store.new_token, store.fingerprint, at)


def yes(store: Store, asked: Asked, at: dt.datetime) -> SubscriptionStatus | None:
    assert asked.given is not None
    with store.database.write() as c:
        views = signup.confirm(c, asked.given.token, CONSENT, store.fingerprint, at)
    return views[0].status if views else None


@pytest.mark.parametrize(
    ("status", "stop", "asked", "expected"),
    [
        (None, None, None, Answer.CONFIRM),
        ("pending", None, 25, Answer.CONFIRM),
        ("pending", None, 23, Answer.NONE),
        ("confirmed", None, None, Answer.KNOWN),
        ("confirmed", None, 23, Answer.NONE),
        ("confirmed", "bounced", None, Answer.CONFIRM),
        ("confirmed", "bounced", 29 * 24, Answer.NONE),
        ("unsubscribed", None, 29 * 24, Answer.NONE),
        ("unsubscribed", None, 30 * 24, Answer.CONFIRM),
        (None, "erased", None, Answer.CONFIRM),
        (None, "erased", 29 * 24, Answer.NONE),
        ("unsubscribed", "complained", None, Answer.NONE),
        ("confirmed", "complained", 9999, Answer.NONE),
        ("pending", "manual", None, Answer.NONE),
    ],
)
def test_what_a_sign_up_is_answered_with(
    status: str | None, stop: str | None, asked: int | None, expected: Answer
) -> None:
    """By how the address stands, why it is not mailed, and how many hours ago it was asked."""
    found = answer(
        SubscriptionStatus(status) if status else None,
        SuppressionReason(stop) if stop else None,
        NOW - asked * HOUR if asked is not None else None,
        NOW,
    )
    assert found is expected


def test_a_stranger_is_pending_until_they_say_yes(
    store: Store, at: dt.datetime, audience: Callable[[str], list[str]]
) -> None:
    """What the form said of them is theirs from then on, and the log has both steps."""
    asked = ask(store, at, first_name="Ann")
    person = store.show(ANN)
    assert [each.status for each in person.subscriptions] == ["pending"]
    assert (person.attributes, person.language) == ({}, None)
    assert audience("monthly") == []

    assert yes(store, asked, at + HOUR) == "confirmed"

    person = store.show(ANN)
    assert (person.attributes, person.language) == ({"first_name": "Ann"}, "de")
    assert [each.event for each in person.consents] == [
        ConsentChange.SIGNED_UP,
        ConsentChange.CONFIRMED,
    ]
    assert (person.consents[1].form, person.consents[1].wording) == ("a page", "Press")
    assert audience("monthly") == [ANN]


def test_one_yes_is_for_all_lists_that_were_asked_for(
    store: Store, at: dt.datetime, audience: Callable[[str], list[str]]
) -> None:
    """The log has for each what was agreed to; an earlier sign-up is not answered by it."""
    store.create_list("daily", "The daily links", "daily.example.org", at)
    ask(store, at)
    later = at + 2 * DAY

    asked = ask(store, later, to=("weekly", "daily"))

    assert [store.list(name).id for name in ("weekly", "daily")] == list(asked.lists)
    assert yes(store, asked, later + HOUR) == "confirmed"
    person = store.show(ANN)
    assert {each.list: each.status for each in person.subscriptions} == {
        "monthly": "pending",
        "weekly": "confirmed",
        "daily": "confirmed",
    }
    confirmed = [each for each in person.consents if each.event is ConsentChange.CONFIRMED]
    assert [(each.list, each.evidence) for each in confirmed] == [
        ("weekly", "weekly"),
        ("daily", "daily"),
    ]
    assert (audience("weekly"), audience("daily"), audience("monthly")) == ([ANN], [ANN], [])
    assert yes(store, asked, later + HOUR) is None


def test_a_sign_up_for_several_lists_is_about_those_that_are_new(
    store: Store, at: dt.datetime
) -> None:
    """What they get already is asked for in vain; what they get in full is said in one mail."""
    yes(store, ask(store, at), at)
    both = ("monthly", "weekly")

    new = ask(store, at + 2 * DAY, to=both)
    assert (new.answer, new.lists) == (Answer.CONFIRM, (store.list("weekly").id,))
    assert yes(store, new, at + 2 * DAY) == "confirmed"
    known = ask(store, at + 4 * DAY, to=both)

    assert (known.answer, len(known.lists)) == (Answer.KNOWN, 2)
    assert ask(store, at + 4 * DAY, to=both).answer is Answer.NONE


def test_a_yes_counts_once_and_in_time(store: Store, at: dt.datetime) -> None:
    """After that the pass is nobody's; a made-up one never was."""
    asked = ask(store, at)
    assert asked.given is not None
    assert asked.given.token not in repr(asked.given).encode()
    assert yes(store, asked, at + 3 * DAY) is None
    again = ask(store, at + 3 * DAY)
    assert again.given is not None
    assert yes(store, again, at + 3 * DAY + HOUR) == "confirmed"
    assert yes(store, again, at + 3 * DAY + HOUR) is None
    with store.database.write() as c:
        assert signup.confirm(c, b"x" * 16, CONSENT, store.fingerprint, at) == ()
        assert passes.of_token(c, PassKind.ACCESS, again.given.token) is None


def test_a_yes_from_an_address_that_is_theirs_no_longer_counts_for_nothing(
    store: Store, at: dt.datetime
) -> None:
    """The editor mended the address: who answers at the wrong one speaks for nobody."""
    asked = ask(store, at)
    store.edit(ANN, Edit(address=parse("ANN@example.org")), "the editor", at)
    again = ask(store, at + 2 * DAY)
    store.edit(ANN, Edit(address=parse(BOB)), "the editor", at + 2 * DAY)
    assert (yes(store, asked, at + HOUR), yes(store, again, at + 2 * DAY)) == (None, None)
    assert [each.status for each in store.show(BOB).subscriptions] == ["pending"]
    assert yes(store, ask(store, at + 2 * DAY, BOB), at + 2 * DAY) == "confirmed"


def test_a_sign_up_alone_changes_nobody(store: Store, at: dt.datetime) -> None:
    """Anybody can fill in a form with somebody's address."""
    yes(store, ask(store, at, first_name="Ann"), at)
    store.unsubscribe(ANN, "monthly", "a test", at)
    before = store.show(ANN)

    ask(store, at + 40 * DAY, first_name="Eve")

    after = store.show(ANN)
    assert after.attributes == before.attributes
    assert [each.status for each in after.subscriptions] == ["unsubscribed"]


@pytest.mark.parametrize("reason", ["bounced", "erased"])
def test_their_own_yes_lifts_what_a_person_may_lift(
    store: Store, at: dt.datetime, audience: Callable[[str], list[str]], reason: str
) -> None:
    """Mail came through, or they came back after all."""
    store.suppress(ANN, None, SuppressionReason(reason), "a test", at)

    yes(store, ask(store, at), at)

    assert audience("monthly") == [ANN]


def test_passes_of_no_use_are_forgotten(store: Store, at: dt.datetime) -> None:
    old = ask(store, at)
    assert old.given is not None
    ask(store, at + 31 * DAY, BOB)
    with store.database.read() as c:
        assert passes.of_token(c, PassKind.CONFIRM, old.given.token) is None


def test_who_pauses_is_in_no_count_and_no_audience(
    store: Store, confirm: Callable[[str, str], bytes], audience: Callable[[str], list[str]]
) -> None:
    """By the database's time, until then; counts of a list and of a segment agree."""
    confirm(ANN, "monthly")
    confirm(BOB, "monthly")
    ann = store.show(ANN).id
    soon = dt.datetime.now(dt.UTC) + HOUR
    for until, there in ((soon, [BOB]), (soon - DAY, [ANN, BOB]), (None, [ANN, BOB])):
        with store.database.write() as c:
            selfcare.pause(c, ann, until)
            assert selfcare.paused_until(c, ann) == until
        assert sorted(audience("monthly")) == there
        summary = next(each for each in store.summaries() if each.list.name == "monthly")
        assert summary.audience == len(there)


def test_an_address_moves_with_everything_and_is_told_from_whom(
    store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes]
) -> None:
    """The links go on; the old address is free again."""
    token = confirm(ANN, "monthly")
    ann = store.show(ANN).id
    mark = store.fingerprint
    store.suppress("new@example.org", None, SuppressionReason.BOUNCED, "a test", at)
    with store.database.write() as c:
        assert selfcare.move(c, ann, parse("new@example.org"), "a link", mark, at) == ANN
    view = store.subscription(token)
    assert view is not None
    assert view.email == "new@example.org"
    assert store.show("new@example.org").changes[-1].source == "a link"
    assert store.show("new@example.org").suppressions == ()


@pytest.mark.parametrize("why", ["taken", "complained", "domain"])
def test_an_address_that_is_not_free_is_not_taken(
    store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes], why: str
) -> None:
    confirm(ANN, "monthly")
    if why == "taken":
        confirm(BOB, "weekly")
    elif why == "domain":
        store.suppress("@example.net", None, SuppressionReason.MANUAL, "a test", at)
    else:
        store.suppress(BOB, None, SuppressionReason.COMPLAINED, "a test", at)
    to = parse("bob@example.net" if why == "domain" else BOB)
    with store.database.write() as c:
        moved = selfcare.move(c, store.show(ANN).id, to, "a link", store.fingerprint, at)
    assert moved is None
    assert store.show(ANN).email == ANN
