from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from statements import asked, plan

from subscribers import lists, people
from subscribers.errors import (
    AlreadyThere,
    BadAddress,
    BadName,
    BadValue,
    SubscribersError,
    UnknownList,
    UnknownSubscriber,
)
from subscribers.model import (
    Added,
    Change,
    Consent,
    ConsentChange,
    SubscriptionStatus,
    SuppressionReason,
)
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

Confirm = Callable[[str, str], bytes]
Audience = Callable[[str], list[str]]

PENDING, CONFIRMED, UNSUBSCRIBED = SubscriptionStatus
FORM = Consent("form", "yes, send it", "192.0.2.1", "Browser/1")
HOUR = dt.timedelta(hours=1)


def _add(
    store: Store,
    at: dt.datetime,
    consent: Consent | None = FORM,
    **attributes: str,
) -> Change:
    return store.add("Anna@example.org", "monthly", attributes, consent, CONFIRMED, at)


class TestLists:
    def test_a_list_is_found_by_its_name(self, store: Store, at: dt.datetime) -> None:
        found = store.list("monthly")
        assert (found.title, found.list_id, found.created_at) == (
            "The monthly digest",
            "monthly.example.org",
            at,
        )

    def test_an_unknown_list_names_those_that_there_are(self, store: Store) -> None:
        with pytest.raises(UnknownList, match="'month': choose one of: monthly, weekly"):
            store.list("month")

    @pytest.mark.parametrize(
        ("name", "list_id", "why"),
        [
            ("monthly", "other.example.org", "a list 'monthly' already"),
            ("other", "weekly.example.org", "belongs to the list 'weekly'"),
        ],
    )
    def test_neither_a_name_nor_a_list_id_is_given_twice(
        self, store: Store, at: dt.datetime, name: str, list_id: str, why: str
    ) -> None:
        with pytest.raises(AlreadyThere, match=why):
            store.create_list(name, "Another", list_id, at)
        assert [each.name for each in store.lists()] == ["monthly", "weekly"]

    @pytest.mark.parametrize(
        ("name", "title", "list_id"),
        [
            ("Monthly", "Title", "a.example.org"),
            ("", "Title", "a.example.org"),
            ("x" * 64, "Title", "a.example.org"),
            ("other", " ", "a.example.org"),
            ("other", "two\nlines", "a.example.org"),
            ("other", "Title", "no-dot"),
            ("other", "Title", "<a.example.org>"),
            ("other", "Title", "a b.example.org"),
            ("other", "Title", "a." + "x" * 254),
        ],
    )
    def test_a_name_that_would_break_a_header_is_refused(
        self, store: Store, at: dt.datetime, name: str, title: str, list_id: str
    ) -> None:
        with pytest.raises(BadName):
            store.create_list(name, title, list_id, at)

    def test_the_summary_counts_by_status_and_who_would_be_mailed(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        for name in "abcd":
            confirm(f"{name}@example.org", "monthly")
        store.add("e@example.org", "monthly", {}, None, PENDING, at)
        store.unsubscribe("a@example.org", "monthly", "request", at)
        store.suppress("b@example.org", None, SuppressionReason.BOUNCED, "550", at)
        store.suppress("c@example.org", "weekly", SuppressionReason.MANUAL, "", at)
        monthly, weekly = store.summaries()
        assert monthly.counts == {PENDING: 1, CONFIRMED: 3, UNSUBSCRIBED: 1}
        assert (monthly.suppressed, monthly.audience) == (1, 2)
        assert (weekly.list.name, weekly.audience) == ("weekly", 0)

    def test_the_summary_of_one_list_looks_at_no_other(
        self, store: Store, confirm: Confirm
    ) -> None:
        confirm("a@example.org", "monthly")
        confirm("a@example.org", "weekly")
        with asked(store.database.engine) as of_one:
            found = store.summary("monthly")
        with asked(store.database.engine) as of_all:
            assert store.summaries()[0] == found
        looks = [sum("count(" in each for each in asked) for asked in (of_one, of_all)]
        assert looks == [2, 4]
        with pytest.raises(UnknownList):
            store.summary("daily")

    def test_counting_a_list_reads_an_index_alone(self, store: Store) -> None:
        """The rows themselves are too wide for a list of a million."""
        index = "ix_subscriptions_list_id_status_id_subscriber_id"
        with store.database.read() as connection:
            found = plan(connection, lists.by_status(1))
        assert re.search(rf"COVERING INDEX {index} \(list_id=|Index Only Scan using {index}", found)


class TestAdd:
    def test_with_a_consent_somebody_is_confirmed(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        assert _add(store, at, first_name="Anna") == Change(Added.ADDED)
        person = store.show("ANNA@example.ORG")
        assert person.email == "Anna@example.org"
        assert person.attributes == {"first_name": "Anna"}
        (subscription,) = person.subscriptions
        assert (subscription.status, subscription.confirmed_at) == (CONFIRMED, at)
        (event,) = person.consents
        assert (event.event, event.at, event.evidence) == (ConsentChange.ADDED, at, FORM.evidence)
        assert (event.ip, event.user_agent) == (FORM.ip, FORM.user_agent)
        assert audience("monthly") == ["Anna@example.org"]

    def test_without_a_consent_somebody_stays_pending_and_silent(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        assert _add(store, at, consent=None) == Change(Added.ADDED)
        (subscription,) = store.show("anna@example.org").subscriptions
        assert (subscription.status, subscription.confirmed_at) == (PENDING, None)
        assert audience("monthly") == []

    def test_a_later_consent_confirms_and_no_later_lack_of_it_takes_that_back(
        self, store: Store, at: dt.datetime
    ) -> None:
        _add(store, at, consent=None)
        assert _add(store, at + HOUR) == Change(Added.UPDATED)
        assert _add(store, at + 2 * HOUR, consent=None) == Change(Added.UNCHANGED)
        person = store.show("anna@example.org")
        assert person.subscriptions[0].confirmed_at == at + HOUR
        assert len(person.consents) == 2

    def test_given_attributes_win_and_others_stay(self, store: Store, at: dt.datetime) -> None:
        _add(store, at, first_name="Anna", city="Bonn")
        assert _add(store, at, city="Köln") == Change(Added.UPDATED)
        assert _add(store, at, city="Köln") == Change(Added.UNCHANGED)
        attributes = store.show("anna@example.org").attributes
        assert attributes == {"first_name": "Anna", "city": "Köln"}

    def test_an_address_stays_as_it_was_first_written(self, store: Store, at: dt.datetime) -> None:
        _add(store, at)
        change = store.add("ANNA@example.org", "monthly", {}, FORM, CONFIRMED, at)
        assert change == Change(Added.UNCHANGED)
        assert store.show("anna@example.org").email == "Anna@example.org"

    def test_who_unsubscribed_is_kept_so(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        _add(store, at, city="Bonn")
        store.unsubscribe("anna@example.org", "monthly", "request", at)
        change = _add(store, at, city="Köln")
        assert change.added is Added.KEPT
        assert "unsubscribed" in change.reason
        assert store.show("anna@example.org").attributes == {"city": "Bonn"}
        assert audience("monthly") == []

    @pytest.mark.parametrize("list_name", ["monthly", None])
    def test_who_is_suppressed_is_not_even_stored(
        self, store: Store, at: dt.datetime, list_name: str | None
    ) -> None:
        store.suppress("anna@example.org", list_name, SuppressionReason.BOUNCED, "550", at)
        change = _add(store, at)
        assert change.added is Added.KEPT
        assert "bounced" in change.reason
        with pytest.raises(UnknownSubscriber):
            store.show("anna@example.org")

    def test_a_suppression_for_another_list_does_not_matter(
        self, store: Store, at: dt.datetime
    ) -> None:
        store.suppress("anna@example.org", "weekly", SuppressionReason.MANUAL, "", at)
        assert _add(store, at) == Change(Added.ADDED)

    def test_whoever_left_one_list_can_be_added_to_another(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        confirm("Anna@example.org", "weekly")
        store.unsubscribe("anna@example.org", "weekly", "request", at)
        assert _add(store, at) == Change(Added.ADDED)
        assert audience("monthly") == ["Anna@example.org"]
        assert audience("weekly") == []

    @pytest.mark.parametrize(
        ("attributes", "error"),
        [({"First": "x"}, BadName), ({"list_title": "x"}, BadName), ({"a": "\0"}, BadValue)],
    )
    def test_bad_attributes_store_nobody(
        self,
        store: Store,
        at: dt.datetime,
        attributes: dict[str, str],
        error: type[SubscribersError],
    ) -> None:
        with pytest.raises(error):
            store.add("anna@example.org", "monthly", attributes, FORM, CONFIRMED, at)
        assert store.summaries()[0].counts[CONFIRMED] == 0

    def test_a_consent_that_says_nothing_is_refused(self, store: Store, at: dt.datetime) -> None:
        with pytest.raises(BadValue, match="say where it comes from"):
            _add(store, at, consent=Consent(" ", ""))

    def test_a_bad_address_or_list_is_refused(self, store: Store, at: dt.datetime) -> None:
        with pytest.raises(BadAddress):
            store.add("anna", "monthly", {}, None, PENDING, at)
        with pytest.raises(UnknownList):
            store.add("anna@example.org", "daily", {}, None, PENDING, at)

    def test_a_time_without_a_zone_is_refused_and_stores_nobody(self, store: Store) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            _add(store, dt.datetime(2021, 1, 31))  # noqa: DTZ001  # the wrong kind on purpose
        assert store.summaries()[0].counts[CONFIRMED] == 0

    def test_every_subscription_has_a_token_of_its_own(
        self, store: Store, confirm: Confirm
    ) -> None:
        tokens = {confirm(f"{n}@example.org", name) for n in range(3) for name in _LISTS}
        assert len(tokens) == 6
        assert {len(token) for token in tokens} == {16}


_LISTS = ("monthly", "weekly")


class TestAttributeNames:
    def test_before_anybody_is_there_none_are_known(self, store: Store) -> None:
        assert store.attribute_names({"town"}) is None

    def test_those_of_the_first_people_are_known(self, store: Store, at: dt.datetime) -> None:
        _add(store, at, first_name="Anna", town="Here")
        assert store.attribute_names({"country"}) == {"first_name", "town"}

    def test_one_that_is_asked_for_is_found_however_late_its_bearer_came(
        self, store: Store, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(people, "_SOME", 1)
        _add(store, at)
        store.add("b@example.org", "monthly", {"town": "There", "zip": "1"}, None, PENDING, at)
        assert store.attribute_names({"town", "country"}) == {"town"}


class TestUnsubscribe:
    def test_it_ends_one_subscription_or_all_and_counts_them(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        for name in _LISTS:
            confirm("anna@example.org", name)
            confirm("ben@example.org", name)
        assert store.unsubscribe("ANNA@example.org", "monthly", "request", at) == 1
        assert store.unsubscribe("anna@example.org", "monthly", "request", at) == 0
        assert store.unsubscribe("anna@example.org", None, "request", at) == 1
        assert store.unsubscribe("ben@example.org", None, "request", at) == 2
        assert audience("monthly") == audience("weekly") == []

    def test_the_log_tells_each_leaving_once(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        confirm("anna@example.org", "monthly")
        for _ in range(3):
            store.unsubscribe("anna@example.org", None, "by telephone", at + HOUR)
        person = store.show("anna@example.org")
        left = [e for e in person.consents if e.event is ConsentChange.UNSUBSCRIBED]
        assert [(event.list, event.at, event.how) for event in left] == [
            ("monthly", at + HOUR, "by telephone")
        ]
        assert person.subscriptions[0].unsubscribed_at == at + HOUR

    def test_who_or_what_is_unknown_is_named(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        confirm("anna@example.org", "monthly")
        with pytest.raises(UnknownSubscriber, match=r"ann@example\.org"):
            store.unsubscribe("ann@example.org", "monthly", "request", at)
        with pytest.raises(UnknownList, match="'daily'"):
            store.unsubscribe("anna@example.org", "daily", "request", at)
        assert store.unsubscribe("anna@example.org", "weekly", "request", at) == 0


class TestToken:
    def test_it_finds_its_subscription(self, store: Store, confirm: Confirm) -> None:
        token = confirm("Anna@example.org", "monthly")
        view = store.subscription(token)
        assert view is not None
        assert (view.email, view.list.name, view.status) == (
            "Anna@example.org",
            "monthly",
            CONFIRMED,
        )
        assert view.token == token

    def test_one_click_leaves_its_own_list_any_number_of_times(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        token = confirm("anna@example.org", "monthly")
        confirm("anna@example.org", "weekly")
        for hours in range(3):
            store.unsubscribe_token(token, "one click", at + hours * HOUR, "192.0.2.9", "Mail/2")
            view = store.subscription(token)
            assert view is not None
            assert view.status is UNSUBSCRIBED
        assert audience("monthly") == []
        assert audience("weekly") == ["anna@example.org"]
        person = store.show("anna@example.org")
        (left,) = (e for e in person.consents if e.event is ConsentChange.UNSUBSCRIBED)
        assert (left.at, left.how, left.ip, left.user_agent) == (
            at,
            "one click",
            "192.0.2.9",
            "Mail/2",
        )

    def test_the_preferences_offer_every_list(self, store: Store, confirm: Confirm) -> None:
        token = confirm("anna@example.org", "monthly")
        choices = store.subscriptions_of(token)
        assert [choice.list.name for choice in choices] == ["monthly", "weekly"]
        assert choices[0].subscription is not None
        assert choices[0].subscription.token == token
        assert choices[1].subscription is None

    def test_people_come_back_by_their_own_act(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        token = confirm("anna@example.org", "monthly")
        store.unsubscribe_token(token, "one click", at)
        view = store.resubscribe_token(token, Consent("preferences", "undo"), at + HOUR)
        assert view is not None
        assert view.status is CONFIRMED
        assert audience("monthly") == ["anna@example.org"]
        store.resubscribe_token(token, Consent("preferences", "undo"), at + 2 * HOUR)
        person = store.show("anna@example.org")
        assert [event.event for event in person.consents] == [
            ConsentChange.ADDED,
            ConsentChange.UNSUBSCRIBED,
            ConsentChange.RETURNED,
        ]
        (subscription,) = person.subscriptions
        assert (subscription.confirmed_at, subscription.unsubscribed_at) == (at + HOUR, None)

    def test_who_was_pending_is_confirmed_by_their_own_act(
        self, store: Store, at: dt.datetime
    ) -> None:
        _add(store, at, consent=None)
        token = store.show("anna@example.org").subscriptions[0].token
        store.resubscribe_token(token, Consent("preferences", "tick"), at)
        assert store.show("anna@example.org").consents[-1].event is ConsentChange.CONFIRMED

    @pytest.mark.parametrize(
        "reason",
        [SuppressionReason.BOUNCED, SuppressionReason.MANUAL, SuppressionReason.COMPLAINED],
    )
    def test_coming_back_lifts_nobody_elses_word(
        self,
        store: Store,
        confirm: Confirm,
        audience: Audience,
        at: dt.datetime,
        reason: SuppressionReason,
    ) -> None:
        token = confirm("anna@example.org", "monthly")
        store.unsubscribe_token(token, "one click", at)
        store.suppress("anna@example.org", None, reason, "", at)
        store.resubscribe_token(token, Consent("preferences", "undo"), at)
        assert audience("monthly") == []

    def test_an_unknown_token_changes_nothing_and_is_no_error(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        confirm("anna@example.org", "monthly")
        stranger = bytes(16)
        assert store.subscription(stranger) is None
        assert store.subscriptions_of(stranger) == ()
        store.unsubscribe_token(stranger, "one click", at)
        assert store.resubscribe_token(stranger, FORM, at) is None
        assert audience("monthly") == ["anna@example.org"]


class TestSuppression:
    def test_for_one_list_it_leaves_the_others(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        for name in _LISTS:
            confirm("anna@example.org", name)
        store.suppress("Anna@Example.ORG", "monthly", SuppressionReason.MANUAL, "asked", at)
        assert audience("monthly") == []
        assert audience("weekly") == ["anna@example.org"]
        (suppression,) = store.show("anna@example.org").suppressions
        assert (suppression.list, suppression.source) == ("monthly", "asked")

    def test_it_can_be_told_and_lifted_twice(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        confirm("anna@example.org", "monthly")
        for list_name in ("monthly", None):
            told = (list_name, SuppressionReason.BOUNCED, "550", at)
            assert store.suppress("anna@example.org", *told)
            assert not store.suppress("anna@example.org", *told)
        assert len(store.show("anna@example.org").suppressions) == 2
        assert store.unsuppress("anna@example.org", None, at) is SuppressionReason.BOUNCED
        assert store.unsuppress("anna@example.org", None, at) is None
        assert audience("monthly") == []
        assert store.unsuppress("anna@example.org", "monthly", at)
        assert audience("monthly") == ["anna@example.org"]

    @pytest.mark.parametrize(
        ("first", "second", "kept"),
        [
            (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, "second"),
            (SuppressionReason.COMPLAINED, SuppressionReason.BOUNCED, "first"),
            (SuppressionReason.MANUAL, SuppressionReason.MANUAL, "first"),
        ],
    )
    def test_the_stronger_reason_stands(
        self,
        store: Store,
        confirm: Confirm,
        at: dt.datetime,
        first: SuppressionReason,
        second: SuppressionReason,
        kept: str,
    ) -> None:
        """A bounce must not hide a complaint, which is harder to lift."""
        confirm("anna@example.org", "monthly")
        store.suppress("anna@example.org", None, first, "first", at)
        store.suppress("anna@example.org", None, second, "second", at)
        (suppression,) = store.show("anna@example.org").suppressions
        assert suppression.source == kept


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownList, 2),
        (UnknownSubscriber, 2),
        (BadAddress, 2),
        (BadName, 2),
        (BadValue, 2),
        (AlreadyThere, 1),
    ],
)
def test_an_error_knows_its_exit_status(error: type[SubscribersError], status: int) -> None:
    assert error("text").exit_status == status
