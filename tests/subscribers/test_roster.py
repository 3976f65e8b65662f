"""People are added while others change the same tables: nobody waits for an import who need not."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import postgresql
import pytest

from subscribers import signup
from subscribers.address import parse
from subscribers.admission import NO_ATTRIBUTES, Case, Entry
from subscribers.model import Added, Consent, ConsentChange, SubscriptionStatus
from subscribers.signup import SignUp
from subscribers.store import Store

pytestmark = pytest.mark.postgresql  # SQLite has one writer

_CONSENT = Consent("import", "a fair")
_PATIENCE = 20.0  # seconds
ANNA, BEN, CLEO = (f"{name}@example.org" for name in ("anna", "ben", "cleo"))


@pytest.fixture
def databases(postgresql_server: postgresql.Server) -> Iterator[postgresql.Server]:
    yield postgresql_server
    postgresql_server.take_back()


@dataclass
class _Pause:
    """Gives out tokens, the first of them once somebody says so."""

    asked: threading.Event
    go_on: threading.Event

    def token(self) -> bytes:
        self.asked.set()
        assert self.go_on.wait(_PATIENCE)
        return os.urandom(16)


@contextmanager
def _half_way(
    store: Store, addresses: Sequence[str], at: dt.datetime
) -> Iterator[Future[list[Case]]]:
    """Within the block an import has looked at these people, and holds what it will change."""
    pause = _Pause(threading.Event(), threading.Event())
    roster = replace(store, new_token=pause.token).roster("monthly")
    entries = [_entry(address, at) for address in addresses]
    with ThreadPoolExecutor(1) as thread:
        cases = thread.submit(roster.admit, entries, at)
        try:
            assert pause.asked.wait(_PATIENCE)
            yield cases
        finally:
            pause.go_on.set()


def _entry(address: str, at: dt.datetime) -> Entry:
    return Entry(parse(address), NO_ATTRIBUTES, _CONSENT, ConsentChange.IMPORTED, at)


def _sign_up(store: Store, address: str, at: dt.datetime) -> None:
    agreed = {store.list("monthly").id: Consent("a form", "yes")}
    made = SignUp(parse(address), agreed, "en", {})
    with store.database.write() as c:
        signup.sign_up(c, made, store.new_token, store.fingerprint, at)


def test_who_leaves_or_signs_up_does_not_wait_for_an_import(
    store: Store, confirm: Callable[[str, str], bytes], at: dt.datetime
) -> None:
    """Anna is in the file too; nothing of hers is to be changed."""
    token = confirm(ANNA, "monthly")
    with _half_way(store, [ANNA, BEN], at) as cases:
        store.unsubscribe_token(token, "one click", at)
        left = store.subscription(token)
        assert left is not None
        assert left.status is SubscriptionStatus.UNSUBSCRIBED
        _sign_up(store, CLEO, at)
        assert not cases.done()
    assert [case.change.added for case in cases.result()] == [Added.UNCHANGED, Added.ADDED]
    statuses = [store.show(each).subscriptions[0].status for each in (ANNA, BEN, CLEO)]
    assert statuses == ["unsubscribed", "confirmed", "pending"]


def test_who_signs_up_at_that_very_moment_is_there_once(
    store: Store, confirm: Callable[[str, str], bytes], at: dt.datetime
) -> None:
    """The import finds their subscription in its way, and looks at them once more."""
    confirm(ANNA, "weekly")
    with _half_way(store, [ANNA, BEN], at) as cases:
        _sign_up(store, ANNA, at)
    assert [case.change.added for case in cases.result()] == [Added.UPDATED, Added.ADDED]
    found = {each.list: each.status for each in store.show(ANNA).subscriptions}
    assert found == dict.fromkeys(("monthly", "weekly"), SubscriptionStatus.CONFIRMED)
