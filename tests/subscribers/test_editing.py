"""Changing what is known of a person, and the log of it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import acts
import pytest

from subscribers.address import parse
from subscribers.editing import Edit
from subscribers.errors import AlreadyThere, BadName, BadValue, UnknownSubscriber
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.importing.report import Stand
from subscribers.kinds import AttributeKind
from subscribers.model import Consent, PersonChange, SubscriptionStatus
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

ANNA = "anna@example.org"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def anna(store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes]) -> None:
    confirm(ANNA, "monthly")
    store.edit(ANNA, Edit(attributes={"city": "Ulm"}), "a test", at)


def test_an_edit_changes_what_it_names_and_is_logged(store: Store, at: dt.datetime) -> None:
    wanted = Edit(language="DE", attributes={"city": "", "age": "30"}, tags=frozenset({"b", "A"}))
    later = at + DAY
    assert store.edit(ANNA, wanted, "by eve", later) == {
        "language": (None, "de"),
        "age": (None, "30"),
        "city": ("Ulm", None),
        "tags": (None, "A, b"),
    }
    found = store.show(ANNA)
    assert (found.language, found.attributes, found.tags) == ("de", {"age": "30"}, ("A", "b"))
    assert PersonChange(later, "by eve", "city", "Ulm", None) in found.changes
    assert found.changes[0] == PersonChange(at, "a test", "city", None, "Ulm")
    away = Edit(language=" ", untagged=frozenset({"a", "B"}))
    assert store.edit(ANNA, away, "by eve", later) == {
        "language": ("de", None),
        "tags": ("A, b", None),
    }


def test_what_is_so_already_is_no_change(store: Store, at: dt.datetime) -> None:
    same = Edit(parse(ANNA), None, {"city": "Ulm"})
    assert store.edit(ANNA, same, "by eve", at) == {}
    assert len(store.show(ANNA).changes) == 1


def test_a_new_address_keeps_subscriptions_and_consents(store: Store, at: dt.datetime) -> None:
    before = store.show(ANNA)
    moved = Edit(parse("Anna@Example.net"))
    assert store.edit(ANNA, moved, "by eve", at) == {"email": (ANNA, "Anna@Example.net")}
    after = store.show("anna@example.net")
    assert (after.id, after.email) == (before.id, "Anna@Example.net")
    assert (after.subscriptions, after.consents) == (before.subscriptions, before.consents)
    with pytest.raises(UnknownSubscriber):
        store.show(ANNA)


class TestTheAddressBefore:
    OLD_FILE = b"email\nanna@example.org\n"

    @pytest.fixture(autouse=True)
    def moved(self, store: Store, at: dt.datetime) -> None:
        store.edit(ANNA, Edit(parse("anna@example.net")), "by eve", at)

    def test_an_old_file_brings_nobody_in_with_it(
        self, store: Store, at: dt.datetime, audience: Callable[[str], list[str]]
    ) -> None:
        """Else she would be mailed twice."""
        for name in ("monthly", "weekly"):
            wishes = Wishes(confirmed="a fair")
            report = import_file(store, io.BytesIO(self.OLD_FILE), name, wishes, at)
            assert (report.added, report.stands[Stand.UNSUBSCRIBED]) == (0, 1)
        assert (audience("monthly"), audience("weekly")) == (["anna@example.net"], [])

    def test_she_may_have_it_again(
        self, store: Store, at: dt.datetime, audience: Callable[[str], list[str]]
    ) -> None:
        store.edit("anna@example.net", Edit(parse(ANNA)), "by eve", at)
        assert audience("monthly") == [ANNA]
        assert store.show(ANNA).suppressions == ()

    def test_whoever_has_it_now_signs_up_as_everybody_does(
        self, store: Store, at: dt.datetime, audience: Callable[[str], list[str]]
    ) -> None:
        given = acts.sign_up(store, ANNA, "weekly", at).given
        assert given is not None
        assert acts.confirm(store, given.token, at)
        assert audience("weekly") == [ANNA]


def test_nobody_takes_the_address_of_another(
    store: Store, at: dt.datetime, confirm: Callable[[str, str], bytes]
) -> None:
    confirm("ben@example.org", "monthly")
    with pytest.raises(AlreadyThere, match=r"BEN@example\.org is another subscriber's"):
        store.edit(ANNA, Edit(parse("BEN@example.org")), "by eve", at)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (Edit(attributes={"City": "x"}), BadName),
        (Edit(attributes={"list_title": "x"}), BadName),
        (Edit(attributes={"age": "old"}), BadValue),
        (Edit(language="Tuesday"), BadValue),
        (Edit(tags=frozenset({" "})), BadValue),
    ],
)
def test_a_bad_edit_changes_nothing(
    store: Store, at: dt.datetime, wanted: Edit, error: type[Exception]
) -> None:
    store.define_attribute("age", AttributeKind.NUMBER, (), at)
    before: Any = store.show(ANNA)
    with pytest.raises(error):
        store.edit(ANNA, wanted, "by eve", at)
    assert store.show(ANNA) == before


def test_what_an_addition_changes_is_logged_too(store: Store, at: dt.datetime) -> None:
    form = Consent("web form", "yes", form="https://example.org/", wording="Mail me.")
    values = {"city": "Bonn"}
    store.add(ANNA, "weekly", values, form, SubscriptionStatus.CONFIRMED, at + DAY)
    found = store.show(ANNA)
    assert found.changes[-1] == PersonChange(at + DAY, "web form", "city", "Ulm", "Bonn")
    consent = found.consents[-1]
    assert (consent.form, consent.wording) == ("https://example.org/", "Mail me.")
