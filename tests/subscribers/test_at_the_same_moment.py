"""Two things that happen to one person at the same moment come to what one after the other comes
to: nobody is told of a clash, who is erased does not come back, who came back is not forgotten."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import acts
import postgresql
import pytest
import sqlalchemy as sa
from acts import AT, FORM

from subscribers import consent, definitions, editing, erasure, retention, signup
from subscribers.address import parse
from subscribers.admission import Entry
from subscribers.attributes import encoded
from subscribers.editing import Edit
from subscribers.errors import UnknownSubscriber, WasErased
from subscribers.kinds import AttributeKind
from subscribers.model import Added, ConsentChange, SubscriptionStatus
from subscribers.store import Store

pytestmark = pytest.mark.postgresql  # SQLite has one writer

_PATIENCE = 20.0  # seconds
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
ANNA = "anna@example.org"
PENDING, CONFIRMED, UNSUBSCRIBED = SubscriptionStatus
LATER = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
Act = Callable[[Store], Any]


@pytest.fixture
def databases(postgresql_server: postgresql.Server) -> Iterator[postgresql.Server]:
    yield postgresql_server
    postgresql_server.take_back()


@contextmanager
def _beside(store: Store, act: Act) -> Iterator[Future[Any]]:
    """Within the block `act` waits for what another transaction holds; behind it, it is over."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(act, store)
        _until(lambda: done.done() or _waiting(store) > 0)
        assert not done.done(), f"did not wait: {done.exception() or done.result()}"
        yield done


def _waiting(store: Store) -> int:
    """How many transactions wait for another."""
    with store.database.read() as c:
        return int(c.exec_driver_sql(_WAITING).scalar() or 0)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@dataclass
class _Import:
    """Of one person, which has written them down and stops there until it is told to go on."""

    asked: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def token(self) -> bytes:
        self.asked.set()
        assert self.go_on.wait(_PATIENCE)
        return os.urandom(16)

    @contextmanager
    def half_way(self, store: Store) -> Iterator[Future[Added]]:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(_bring_in, replace(store, new_token=self.token))
            try:
                assert self.asked.wait(_PATIENCE)
                yield done
            finally:
                self.go_on.set()


def _bring_in(store: Store, to: str = "monthly") -> Added:
    entry = Entry(parse(ANNA), encoded({"age": "40"}), FORM, ConsentChange.IMPORTED, AT)
    return store.roster(to).admit([entry], AT)[0].change.added


def _erase(c: sa.Connection, store: Store) -> int | None:
    people = erasure.hold(c, [parse(ANNA)])
    return erasure.erase(c, people, store.fingerprint, AT)


def _is_known(store: Store) -> bool:
    try:
        store.show(ANNA)
    except UnknownSubscriber:
        return False
    return True


def _status(store: Store, of: str = "monthly") -> SubscriptionStatus:
    return next(each.status for each in store.show(ANNA).subscriptions if each.list == of)


def test_who_is_being_imported_is_erased_behind_that(store: Store) -> None:
    """Else the import, which did not know of the erasure, would bring them back."""
    slow = _Import()
    with slow.half_way(store) as coming, _beside(store, lambda s: acts.erase(s, ANNA)):
        slow.go_on.set()
    assert coming.result() is Added.ADDED
    assert not _is_known(store)
    assert _bring_in(store) is Added.KEPT


@pytest.mark.parametrize("known", [True, False])
def test_who_is_being_erased_is_not_brought_back_by_an_import(store: Store, known: bool) -> None:
    store.add(ANNA, "weekly" if known else "monthly", {}, FORM, CONFIRMED, AT)
    with store.database.write() as c:
        assert _erase(c, store)
        with _beside(store, _bring_in) as brought_in:
            c.commit()
    assert brought_in.result() is Added.KEPT
    assert not _is_known(store)


def test_who_is_being_erased_lends_their_address_to_nobody(store: Store) -> None:
    store.add(ANNA, "monthly", {}, FORM, CONFIRMED, AT)
    store.add("ben@example.org", "monthly", {}, FORM, CONFIRMED, AT)
    edit = Edit(address=parse(ANNA))
    with store.database.write() as c:
        assert _erase(c, store)
        with _beside(store, lambda s: s.edit("ben@example.org", edit, "the editor", AT)) as edited:
            c.commit()
    assert isinstance(edited.exception(), WasErased)
    assert acts.mailed(store, "monthly", "example.org") == {"ben@example.org"}


def _join(store: Store, subscriber_id: int) -> bool:
    with store.database.write() as c:
        weekly, token = store.list("weekly").id, store.new_token()
        return signup.join(c, subscriber_id, weekly, FORM, token, store.fingerprint, AT)


@pytest.mark.parametrize("status", [PENDING, CONFIRMED])
def test_what_somebody_does_who_is_being_erased_is_no_clash(
    store: Store, status: SubscriptionStatus
) -> None:
    """They answer a mail, leave, join a further list, sign up once more."""
    store.add(ANNA, "monthly", {}, FORM, status, AT)
    asked = acts.sign_up(store, ANNA, "monthly", AT)
    assert asked.given is not None
    own, link, subscriber_id = (
        acts.token(store, ANNA, "monthly"),
        asked.given.token,
        store.show(ANNA).id,
    )
    what_they_do: tuple[Act, ...] = (
        lambda s: acts.confirm(s, link, AT),
        lambda s: s.unsubscribe_token(own, "one click", AT),
        lambda s: s.resubscribe_token(own, FORM, AT),
        lambda s: _join(s, subscriber_id),
    )
    with store.database.write() as c:
        assert _erase(c, store)
        with ThreadPoolExecutor(len(what_they_do)) as threads:
            done = [threads.submit(act, store) for act in what_they_do]
            _until(lambda: _waiting(store) == len(what_they_do))
            c.commit()
    assert [each.result() for each in done] == [False, None, None, False]
    assert not _is_known(store)


def test_who_signs_up_while_they_are_erased_waits_for_their_mail_as_a_stranger(
    store: Store,
) -> None:
    store.add(ANNA, "monthly", {}, FORM, CONFIRMED, AT)
    with store.database.write() as c:
        assert _erase(c, store)
        with _beside(store, lambda s: acts.sign_up(s, ANNA, "monthly", AT)):
            c.commit()
    assert _status(store) is PENDING
    assert acts.mailed(store, "monthly", "example.org") == set()


@pytest.mark.parametrize("first", ["leave", "confirm", "join"])
def test_an_erasure_takes_along_what_they_were_just_doing(store: Store, first: str) -> None:
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    given = acts.sign_up(store, ANNA, "monthly", AT).given
    assert given is not None
    own, weekly = acts.token(store, ANNA, "monthly"), store.list("weekly").id
    token = store.new_token()
    with store.database.write() as c:
        if first == "leave":
            consent.leave_by_token(c, [(own, FORM)], AT)
        elif first == "confirm":
            assert signup.confirm(c, given.token, FORM, store.fingerprint, AT)
        else:
            assert signup.join(c, given.subscriber_id, weekly, FORM, token, store.fingerprint, AT)
        with _beside(store, lambda s: acts.erase(s, ANNA)) as erased:
            c.commit()
    assert erased.result()
    assert not _is_known(store)


def test_who_confirms_at_the_last_moment_is_not_forgotten(store: Store) -> None:
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    given = acts.sign_up(store, ANNA, "monthly", AT).given
    assert given is not None
    with store.database.write() as c:
        assert signup.confirm(c, given.token, FORM, store.fingerprint, AT)
        with _beside(store, acts.forget_pending):
            c.commit()
    assert _status(store) is CONFIRMED


def test_who_comes_to_another_list_at_the_last_moment_is_not_forgotten(store: Store) -> None:
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    subscriber_id, weekly = store.show(ANNA).id, store.list("weekly").id
    with store.database.write() as c:
        token = store.new_token()
        assert signup.join(c, subscriber_id, weekly, FORM, token, store.fingerprint, AT)
        with _beside(store, acts.forget_pending):
            c.commit()
    assert [each.list for each in store.show(ANNA).subscriptions] == ["weekly"]


@pytest.mark.parametrize("what", ["confirm", "sign_up", "bring_in", "bring_in_elsewhere"])
def test_what_is_done_to_who_is_being_forgotten_is_no_clash(store: Store, what: str) -> None:
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    given = acts.sign_up(store, ANNA, "monthly", AT).given
    assert given is not None
    link = given.token
    does: dict[str, Act] = {
        "confirm": lambda s: acts.confirm(s, link, AT),
        "sign_up": lambda s: acts.sign_up(s, ANNA, "monthly", AT + dt.timedelta(days=2)).answer,
        "bring_in": _bring_in,
        "bring_in_elsewhere": lambda s: _bring_in(s, "weekly"),
    }
    with store.database.write() as c:
        assert retention.drop_pending(c, LATER, range(1, 1000)) == 1
        with _beside(store, does[what]) as done:
            c.commit()
    expected = {"confirm": False, "sign_up": "confirm"}
    assert done.result() == expected.get(what, Added.ADDED)
    assert _is_known(store) is (what != "confirm")


def test_who_answers_a_mail_is_not_in_the_way_of_an_import_nor_it_in_theirs(store: Store) -> None:
    """Both lock the subscription first, and then the person."""
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    own, subscriber_id = acts.token(store, ANNA, "monthly"), store.show(ANNA).id
    with store.database.write() as c:
        assert consent.come_back(c, own, FORM, store.fingerprint, AT)
        with _beside(store, _bring_in) as brought_in:
            assert editing.edit(c, subscriber_id, Edit(language="de"), "a page", AT)
            c.commit()
    assert brought_in.result() is Added.UPDATED  # her age
    assert (_status(store), store.show(ANNA).language) == (CONFIRMED, "de")


def test_an_import_says_nothing_of_who_leaves_while_it_looks(store: Store) -> None:
    store.add(ANNA, "monthly", {}, FORM, PENDING, AT)
    own = acts.token(store, ANNA, "monthly")
    with store.database.write() as c:
        consent.leave_by_token(c, [(own, FORM)], AT)
        with _beside(store, _bring_in) as brought_in:
            c.commit()
    assert brought_in.result() is Added.KEPT
    person = store.show(ANNA)
    assert [each.event for each in person.consents] == ["added", "unsubscribed"]
    assert person.attributes == {}


def _of_age(store: Store, more: int) -> int:
    """How many are older."""
    return store.segments.count(f"age > {more}", store.list("monthly").id)


def _define(store: Store) -> int:
    return store.define_attribute("age", AttributeKind.NUMBER, (), AT)


def test_what_is_being_imported_is_understood_as_what_is_being_defined(store: Store) -> None:
    slow = _Import()
    with slow.half_way(store) as coming, _beside(store, _define):
        slow.go_on.set()
    assert coming.result() is Added.ADDED
    assert _of_age(store, 30) == 1


def test_what_is_changed_while_it_is_being_defined_is_understood_so(store: Store) -> None:
    store.add(ANNA, "monthly", {"age": "5"}, FORM, CONFIRMED, AT)
    edit = Edit(attributes={"age": "7"})
    with store.database.write() as c:
        assert definitions.define(c, "age", AttributeKind.NUMBER, (), frozenset(), AT) == 0
        with _beside(store, lambda s: s.edit(ANNA, edit, "the editor", AT)):
            c.commit()
    assert _of_age(store, 6) == 1


def test_a_definition_that_goes_leaves_nothing_for_the_next_in_its_place(store: Store) -> None:
    _define(store)
    slow = _Import()
    with slow.half_way(store), _beside(store, lambda s: s.drop_attribute("age")):
        slow.go_on.set()
    store.define_attribute("shoes", AttributeKind.NUMBER, (), AT)
    assert store.segments.count("shoes is set", store.list("monthly").id) == 0


def test_two_imports_of_one_file_bring_everybody_once(store: Store) -> None:
    slow = _Import()
    with slow.half_way(store) as first, _beside(store, _bring_in) as second:
        slow.go_on.set()
    assert (first.result(), second.result()) == (Added.ADDED, Added.UNCHANGED)
    assert len(store.show(ANNA).consents) == 1
