"""Who must not be mailed: addresses, domains, and who was erased; and what lifts it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import acts
import pytest
import sqlalchemy as sa

from subscribers import returns, suppression
from subscribers.address import parse
from subscribers.database import Database
from subscribers.editing import Edit
from subscribers.errors import BadAddress, NeedsReason, NoPepper, WasErased
from subscribers.fingerprint import fingerprints, without_pepper
from subscribers.model import Added, Consent, ConsentChange, SubscriptionStatus, SuppressionReason
from subscribers.schema import suppressions
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

Confirm = Callable[[str, str], bytes]
Audience = Callable[[str], list[str]]

ANNA = "anna@example.org"
_, ERASED, BOUNCED, MANUAL, COMPLAINED = SuppressionReason
FORM = Consent("a form", "yes")


def _add(store: Store, at: dt.datetime, address: str = ANNA) -> Added:
    return store.add(address, "monthly", {}, FORM, SubscriptionStatus.CONFIRMED, at).added


def _forget(store: Store, at: dt.datetime, address: str = ANNA) -> None:
    """As an erasure does; `address` is nobody's."""
    with store.database.write() as connection:
        suppression.forget(connection, [address], store.fingerprint, at)


def _lift(store: Store, list_name: str = "monthly", address: str = ANNA) -> bool:
    list_id = store.list(list_name).id
    with store.database.write() as connection:
        return suppression.lift(connection, address, list_id, store.fingerprint)


def _rows(database: Database) -> list[tuple[str, str, str]]:
    columns = (suppressions.c[name] for name in ("email_key", "reason", "source"))
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


class TestDomains:
    def test_everybody_of_it_is_left_out_and_nobody_else(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        for address in (ANNA, "ben@EXAMPLE.org", "cleo@sub.example.org", "dora@example.com"):
            confirm(address, "monthly")
        store.suppress("@Example.ORG", None, MANUAL, "a competitor", at)
        assert audience("monthly") == ["cleo@sub.example.org", "dora@example.com"]
        assert store.summaries()[0].audience == 2

    def test_a_count_of_a_segment_leaves_them_out(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        for address in (ANNA, "ben@example.org", "cleo@example.com"):
            confirm(address, "monthly")
        store.suppress("ben@example.org", None, BOUNCED, "", at)
        every = ('not language = "xx"', store.list("monthly").id)
        assert store.segments.count(*every) == 2
        store.suppress("@example.org", None, MANUAL, "", at)
        assert store.segments.count(*every) == 1

    def test_for_one_list_it_leaves_the_others(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        for name in ("monthly", "weekly"):
            confirm(ANNA, name)
        store.suppress("@example.org", "monthly", MANUAL, "", at)
        assert (audience("monthly"), audience("weekly")) == ([], [ANNA])

    def test_who_is_on_the_way_is_no_longer_welcome(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        """The sender's last look before each copy."""
        store.subscription(confirm(ANNA, "monthly"))
        ids = [1]
        store.suppress("@example.org", None, MANUAL, "", at)
        with store.database.read() as connection:
            assert connection.scalars(store.welcome(ids)).all() == []
        store.unsuppress("@example.org", None, at)
        with store.database.read() as connection:
            assert connection.scalars(store.welcome(ids)).all() == ids

    def test_an_import_brings_nobody_of_it(self, store: Store, at: dt.datetime) -> None:
        store.suppress("@example.org", None, MANUAL, "", at)
        assert _add(store, at) is Added.KEPT
        assert _add(store, at, "anna@example.com") is Added.ADDED

    def test_a_person_is_shown_with_it(
        self, store: Store, confirm: Confirm, at: dt.datetime
    ) -> None:
        confirm(ANNA, "monthly")
        store.suppress("@example.org", None, MANUAL, "a competitor", at)
        (found,) = store.show(ANNA).suppressions
        assert (found.domain, found.source) == ("example.org", "a competitor")

    def test_another_spelling_of_it_is_the_same_domain(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        confirm("anna@bücher.example.org", "monthly")
        assert store.suppress("@bücher.example.org", None, MANUAL, "", at)
        assert not store.suppress("@xn--bcher-kva.example.org", None, MANUAL, "", at)
        assert audience("monthly") == []

    @pytest.mark.parametrize(
        "text", ["@", "@ ", "@localhost", "@a@b.example.org", "@-.example.org"]
    )
    def test_what_is_no_domain_is_refused(self, store: Store, at: dt.datetime, text: str) -> None:
        with pytest.raises(BadAddress):
            store.suppress(text, None, MANUAL, "", at)


class TestTheErased:
    def test_an_import_does_not_bring_them_back(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        _forget(store, at)
        assert _add(store, at, "Anna@Example.ORG") is Added.KEPT
        assert _add(store, at, "ben@example.org") is Added.ADDED
        assert audience("monthly") == ["ben@example.org"]

    def test_nothing_of_the_address_is_kept(
        self, store: Store, database: Database, at: dt.datetime
    ) -> None:
        """Nor of what was known before, nor when a late bounce names it again."""
        store.suppress(ANNA, "monthly", COMPLAINED, f"<{ANNA}> pressed the button", at)
        _forget(store, at)
        store.suppress(ANNA, None, BOUNCED, f"550 <{ANNA}> unknown", at)
        rows = _rows(database)
        assert "anna" not in str(rows).lower()
        assert sorted((reason, source) for _, reason, source in rows) == [
            ("bounced", ""),
            ("complained", ""),
        ]

    def test_a_fingerprint_is_of_its_pepper(self) -> None:
        marks = {fingerprints(pepper)(ANNA) for pepper in (b"1" * 32, b"2" * 32)}
        assert len(marks) == 2
        assert all("@" not in mark for mark in marks)

    def test_without_the_pepper_nobody_is_let_in_unseen(
        self, store: Store, database: Database, at: dt.datetime
    ) -> None:
        _forget(store, at)
        peppered = Store(database, store.new_token, fingerprint=without_pepper)
        with pytest.raises(NoPepper):
            _add(peppered, at)

    def test_who_came_back_is_known_by_the_address_again(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        _forget(store, at)
        assert _lift(store)
        assert _add(store, at) is Added.ADDED
        store.suppress(ANNA, None, BOUNCED, "550", at)
        assert audience("monthly") == []

    def test_what_else_held_for_them_holds_when_they_come_back(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        store.suppress(ANNA, "monthly", COMPLAINED, "", at)
        _forget(store, at)
        assert _lift(store, "weekly")
        assert not _lift(store, "monthly")
        assert _add(store, at) is Added.KEPT
        assert store.suppress(ANNA, None, BOUNCED, "550", at)

    def test_a_tick_on_their_page_lifts_it_for_that_list(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        """Their page is open to who signed up again, before they have answered the mail."""
        confirm(ANNA, "monthly")
        acts.erase(store, ANNA)
        acts.sign_up(store, ANNA, "monthly", at)
        store.resubscribe_token(acts.token(store, ANNA, "monthly"), FORM, at)
        shown = [(each.list, each.reason) for each in store.show(ANNA).suppressions]
        assert (audience("monthly"), shown) == ([ANNA], [("weekly", ERASED)])
        assert acts.join(store, ANNA, "weekly")
        assert (audience("weekly"), store.show(ANNA).suppressions) == ([ANNA], ())

    def test_what_comes_back_of_their_confirmation_is_lifted_with_it(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        _forget(store, at)
        given = acts.sign_up(store, ANNA, "monthly", at).given
        assert given is not None
        acts.bounce(store, ANNA)
        assert acts.confirm(store, given.token, at)
        assert audience("monthly") == [ANNA]
        weekly = store.add(ANNA, "weekly", {}, FORM, SubscriptionStatus.CONFIRMED, at)
        assert (weekly.added, audience("weekly")) == (Added.KEPT, [])

    def test_a_bounce_that_was_none_is_taken_back_by_any_name(
        self, store: Store, database: Database, at: dt.datetime
    ) -> None:
        _forget(store, at, "ben@example.org")
        for address in (ANNA, "ben@example.org", "cleo@example.org"):
            acts.bounce(store, address)
        _forget(store, at, "cleo@example.org")
        with database.write() as c:
            keys = (ANNA, "ben@example.org")
            assert returns.spared(c, keys, {"", "a report"}, store.fingerprint) == 2
        assert [reason for _, reason, _ in _rows(database)] == ["bounced"]

    def test_nobody_elses_address_becomes_theirs(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        confirm("ben@example.org", "monthly")
        _forget(store, at)
        with pytest.raises(WasErased, match=r"^anna@example\.org: was erased"):
            store.edit("ben@example.org", Edit(address=parse(ANNA)), "the editor", at)
        assert audience("monthly") == ["ben@example.org"]
        store.unsuppress(ANNA, None, at)
        store.edit("ben@example.org", Edit(address=parse(ANNA)), "the editor", at)
        assert audience("monthly") == [ANNA]

    def test_what_lifts_nothing_writes_no_address_down(
        self, store: Store, database: Database, at: dt.datetime
    ) -> None:
        store.suppress(ANNA, "weekly", MANUAL, "asked", at)
        _forget(store, at)
        assert store.unsuppress(ANNA, "monthly", at) is None
        assert store.unsuppress(ANNA, "weekly", at) is MANUAL
        assert "anna" not in str(_rows(database))
        assert _add(store, at) is Added.KEPT

    def test_the_editor_may_lift_it_knowing_the_address(
        self, store: Store, at: dt.datetime
    ) -> None:
        _forget(store, at)
        assert store.unsuppress(ANNA, None, at) is ERASED
        assert _add(store, at) is Added.ADDED


class TestWhatLiftsIt:
    @pytest.mark.parametrize(
        ("reason", "lifted"),
        [(ERASED, True), (BOUNCED, True), (MANUAL, False), (COMPLAINED, False)],
    )
    def test_a_persons_own_sign_up(
        self, store: Store, at: dt.datetime, reason: SuppressionReason, lifted: bool
    ) -> None:
        for list_name in ("monthly", None):
            store.suppress(ANNA, list_name, reason, "", at)
        assert _lift(store) is lifted
        assert _add(store, at) is (Added.ADDED if lifted else Added.KEPT)

    def test_a_sign_up_for_one_list_lifts_nothing_of_another(
        self, store: Store, at: dt.datetime
    ) -> None:
        store.suppress(ANNA, "weekly", BOUNCED, "", at)
        assert _lift(store, "monthly")
        assert store.unsuppress(ANNA, "weekly", at) is BOUNCED

    def test_of_an_erasure_only_for_that_list(
        self, store: Store, audience: Audience, at: dt.datetime
    ) -> None:
        """An old file does not bring them to another list, of which they asked for nothing."""
        _forget(store, at)
        assert _lift(store, "monthly")
        assert _add(store, at) is Added.ADDED
        other = store.add(ANNA, "weekly", {}, FORM, SubscriptionStatus.CONFIRMED, at)
        assert other.added is Added.KEPT
        assert _lift(store, "weekly")
        store.add(ANNA, "weekly", {}, FORM, SubscriptionStatus.CONFIRMED, at)
        assert (audience("monthly"), audience("weekly")) == ([ANNA], [ANNA])

    def test_not_a_domain(self, store: Store, at: dt.datetime) -> None:
        store.suppress("@example.org", None, BOUNCED, "", at)
        assert not _lift(store)

    def test_a_complaint_only_who_says_why_and_then_their_own_sign_up(
        self, store: Store, confirm: Confirm, audience: Audience, at: dt.datetime
    ) -> None:
        for name in ("monthly", "weekly"):
            confirm(ANNA, name)
        store.suppress(ANNA, "monthly", COMPLAINED, "", at)
        with pytest.raises(NeedsReason, match="why they may"):
            store.unsuppress(ANNA, "monthly", at)
        assert acts.sign_up(store, ANNA, "monthly", at).given is None
        assert store.unsuppress(ANNA, "monthly", at, "she wrote on 3 May") is COMPLAINED
        assert (audience("monthly"), audience("weekly")) == ([], [ANNA])
        event = store.show(ANNA).consents[-1]
        assert (event.event, event.evidence) == (ConsentChange.UNSUPPRESSED, "she wrote on 3 May")
        given = acts.sign_up(store, ANNA, "monthly", at).given
        assert given is not None
        assert acts.confirm(store, given.token, at)
        assert audience("monthly") == [ANNA]

    def test_no_import(self, store: Store, confirm: Confirm, at: dt.datetime) -> None:
        confirm(ANNA, "monthly")
        store.suppress(ANNA, None, BOUNCED, "", at)
        assert _add(store, at) is Added.KEPT


def test_the_strongest_reason_is_told(store: Store, at: dt.datetime) -> None:
    """Of the address, its domain and its past, for this list and for all."""
    _forget(store, at)
    store.suppress("@example.org", None, BOUNCED, "", at)
    store.suppress(ANNA, "monthly", COMPLAINED, "", at)
    people = [ANNA, "ben@example.org", "x@example.com"]
    list_id = store.list("monthly").id
    with store.database.read() as connection:
        found = suppression.reasons(connection, list_id, people, store.fingerprint)
    assert found == {ANNA: COMPLAINED, "ben@example.org": BOUNCED}
