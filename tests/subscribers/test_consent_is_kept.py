"""Whatever happens in whatever order: nobody is mailed who does not want it."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

_PEOPLE = ("anna", "ben", "cleo")
_LISTS = ("monthly", "weekly")
_AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
_CONSENT = Consent("form", "yes")
_ROUND = itertools.count()  # fresh addresses for every example, in one database


@dataclass
class _World:
    """The store, and beside it in plain sets what everybody said last."""

    store: Store
    number: int = field(default_factory=lambda: next(_ROUND))
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    pending: set[tuple[str, str]] = field(default_factory=set)
    left: set[tuple[str, str]] = field(default_factory=set)
    suppressed: set[tuple[str, str | None]] = field(default_factory=set)

    def address(self, person: str) -> str:
        return f"{person}{self.number}@example.org"

    def is_suppressed(self, person: str, list_name: str) -> bool:
        return bool({(person, list_name), (person, None)} & self.suppressed)

    def joined(self, person: str, list_name: str, confirmed: bool) -> None:
        tie = (person, list_name)
        if tie in self.left or self.is_suppressed(person, list_name) or tie in self.confirmed:
            return
        (self.confirmed if confirmed else self.pending).add(tie)

    def import_all(self, list_name: str, confirmed: bool) -> None:
        text = "email\n" + "\n".join(self.address(person) for person in _PEOPLE)
        stream = io.BytesIO(text.encode())
        wishes = Wishes(confirmed="a fair" if confirmed else None)
        import_file(self.store, stream, list_name, wishes, _AT)
        for person in _PEOPLE:
            self.joined(person, list_name, confirmed)

    def add(self, person: str, list_name: str, confirmed: bool) -> None:
        consent = _CONSENT if confirmed else None
        status = SubscriptionStatus.CONFIRMED
        self.store.add(self.address(person), list_name, {}, consent, status, _AT)
        self.joined(person, list_name, confirmed)

    def unsubscribe(self, person: str, list_name: str | None) -> None:
        ties = {(person, name) for name in _LISTS if list_name in (None, name)}
        known = {name for name, _ in self.confirmed | self.pending | self.left}
        if person in known:
            self.store.unsubscribe(self.address(person), list_name, "request", _AT)
        self.left |= ties & (self.confirmed | self.pending)
        self.confirmed -= ties

    def come_back(self, person: str, list_name: str) -> None:
        tie = (person, list_name)
        if tie in self.confirmed | self.pending | self.left:
            subscriptions = self.store.show(self.address(person)).subscriptions
            token = next(s.token for s in subscriptions if s.list == list_name)
            self.store.resubscribe_token(token, _CONSENT, _AT)
            self.left.discard(tie)
            self.confirmed.add(tie)

    def suppress(self, person: str, list_name: str | None) -> None:
        reason = SuppressionReason.BOUNCED
        self.store.suppress(self.address(person), list_name, reason, "550", _AT)
        self.suppressed.add((person, list_name))

    def unsuppress(self, person: str, list_name: str | None) -> None:
        self.store.unsuppress(self.address(person), list_name, _AT)
        self.suppressed.discard((person, list_name))

    def check(self) -> None:
        for list_name in _LISTS:
            wanted = {
                self.address(person)
                for person, name in self.confirmed
                if name == list_name and not self.is_suppressed(person, name)
            }
            assert self.mailed(list_name) == wanted

    def mailed(self, list_name: str) -> set[str]:
        with self.store.database.read() as connection:
            rows = connection.execute(self.store.audience(list_name)).all()
            ids = [row.subscription_id for row in rows]
            assert set(connection.scalars(self.store.welcome(ids))) == set(ids)
        return {row.email for row in rows if row.email.endswith(f"{self.number}@example.org")}


_person = st.sampled_from(_PEOPLE)
_list = st.sampled_from(_LISTS)
_list_or_all = st.sampled_from((*_LISTS, None))
_ACTS = st.one_of(
    st.tuples(st.just("import_all"), _list, st.booleans()),
    st.tuples(st.just("add"), _person, _list, st.booleans()),
    st.tuples(st.just("unsubscribe"), _person, _list_or_all),
    st.tuples(st.just("come_back"), _person, _list),
    st.tuples(st.just("suppress"), _person, _list_or_all),
    st.tuples(st.just("unsuppress"), _person, _list_or_all),
)


# One database for all examples is intended: each has addresses of its own.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(_ACTS, max_size=12))
def test_the_audience_is_who_agreed_last_and_is_not_suppressed(
    store: Store, acts: list[tuple[str, str, str]]
) -> None:
    world = _World(store)
    for name, *arguments in acts:
        getattr(world, name)(*arguments)
        world.check()
