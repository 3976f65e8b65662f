"""Whatever happens in whatever order: nobody is mailed who left, was suppressed or erased and did
not come back themselves; and both databases give the same answers to the same history."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import postgresql
import pytest
from databases import Files
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mailer.database import Database
from subscribers import erasure, returns, signup, suppression
from subscribers.address import parse
from subscribers.errors import UnknownSubscriber
from subscribers.fingerprint import fingerprints
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason
from subscribers.signup import Answer, Asked, SignUp
from subscribers.store import Store

PEOPLE = ("anna",)  # more of them only make it rarer that one history crosses another
LISTS = ("monthly", "weekly")
AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
MONTH = dt.timedelta(days=31)
FORM = Consent("a form", "yes")
PENDING, CONFIRMED, UNSUBSCRIBED = SubscriptionStatus
_, ERASED, BOUNCED, MANUAL, COMPLAINED = SuppressionReason
STRENGTH = list(SuppressionReason)
_NUMBERS = itertools.count()  # fresh addresses for every history, in the same two databases

Tie = tuple[str, str]  # a person and a list
Mail = tuple[Tie, tuple[bytes, ...], dt.datetime]  # what its link says in each store, and when
person = st.sampled_from(PEOPLE)
list_name = st.sampled_from(LISTS)
one_list_or_all = st.sampled_from((*LISTS, None))


class History(RuleBasedStateMachine):
    """The stores, and beside them in plain dictionaries what everybody said last."""

    def __init__(self, stores: tuple[Store, ...]) -> None:
        super().__init__()
        self.stores = stores
        self.domain = f"@example{next(_NUMBERS)}.org"
        self.ties: dict[Tie, SubscriptionStatus] = {}
        self.stops: dict[tuple[str, str | None], SuppressionReason] = {}  # by person or domain
        self.tokens: list[tuple[Tie, tuple[bytes, ...]]] = []  # of links that went out
        self.waiting: list[Mail] = []  # to be answered
        self.now = AT
        self.gone: set[Tie] = set()  # who must not be mailed, until they say so themselves

    # What is done to both stores, and must come to the same

    def address(self, name: str) -> str:
        return name + self.domain

    def both(self, act: Callable[[Store], Any]) -> Any:
        first, *others = [act(store) for store in self.stores]
        assert all(other == first for other in others)
        return first

    @rule(to=list_name, consent=st.booleans(), names=st.lists(person, min_size=1))
    def bring_in(self, to: str, consent: bool, names: list[str]) -> None:
        """An import, perhaps of the same file once more."""
        text = "\n".join(["email", *map(self.address, names)]).encode()
        where = "a fair" if consent else None
        wishes = Wishes(confirmed=where)
        self.both(lambda store: import_file(store, io.BytesIO(text), to, wishes, AT))
        for name in names:
            self._admitted(name, to, consent)

    @rule(name=person, to=list_name, consent=st.booleans())
    def add(self, name: str, to: str, consent: bool) -> None:
        how = FORM if consent else None
        self.both(lambda store: store.add(self.address(name), to, {}, how, CONFIRMED, AT))
        self._admitted(name, to, consent)

    @rule(name=person, to=list_name, at_once=st.booleans())
    def sign_up(self, name: str, to: str, at_once: bool) -> None:
        """By whomever: it may be somebody else who fills in the form. So long after the last time
        that nobody is spared a mail, which is answered at once or perhaps later."""
        self.now += MONTH
        asked = [_signed_up(store, self.address(name), to, self.now) for store in self.stores]
        (answer,) = {each.answer for each in asked}
        assert answer is self._answer(name, to)
        if answer is Answer.CONFIRM:
            self.ties.setdefault((name, to), PENDING)
            tokens = tuple(each.given.token for each in asked if each.given)
            self.waiting.append(((name, to), tokens, self.now))
            if at_once:
                self._answered(self.waiting[-1])

    @rule(data=st.data())
    def answer_a_mail(self, data: st.DataObject) -> None:
        if self.waiting:
            self._answered(data.draw(st.sampled_from(self.waiting)))

    def _answered(self, mail: Mail) -> None:
        """The person's own word, once, and not too late."""
        tie, tokens, asked_at = mail
        confirmed = [
            _confirmed(store, token, self.now)
            for store, token in zip(self.stores, tokens, strict=True)
        ]
        assert set(confirmed) == {asked_at == self.now}
        self.waiting.remove(mail)
        if confirmed[0]:
            self.ties[tie] = CONFIRMED
            self._lift(*tie)

    @rule(name=person, to=list_name)
    def send_a_link(self, name: str, to: str) -> None:
        if (name, to) in self.ties:
            found = tuple(_token(store, self.address(name), to) for store in self.stores)
            self.tokens.append(((name, to), found))

    @rule(data=st.data())
    def press_an_old_link(self, data: st.DataObject) -> None:
        """It may be that of a person who was erased since: then it does nothing."""
        if not self.tokens:
            return
        tie, tokens = data.draw(st.sampled_from(self.tokens))
        pressed = [
            store.unsubscribe_token(token, "one click", AT)
            for store, token in zip(self.stores, tokens, strict=True)
        ]
        assert len({view is None for view in pressed}) == 1
        if pressed[0] is not None:
            self._left([tie])

    @rule(name=person, where=one_list_or_all)
    def unsubscribe(self, name: str, where: str | None) -> None:
        known = [tie for tie in self.ties if tie[0] == name]
        self.both(lambda store: _unsubscribed(store, self.address(name), where))
        self._left([tie for tie in known if where in (None, tie[1])])

    @rule(name=person)
    def bounce(self, name: str) -> None:
        self.both(lambda store: _returned(store, returns.bounced, self.address(name)))
        self._stop(name, None, BOUNCED)

    @rule(name=person)
    def complain(self, name: str) -> None:
        self.both(lambda store: _returned(store, returns.complained, self.address(name)))
        self._left([tie for tie in self.ties if tie[0] == name])
        self._stop(name, None, COMPLAINED)

    @rule(name=person | st.just(""), where=one_list_or_all)
    def suppress(self, name: str, where: str | None) -> None:
        """Without a name: the whole domain."""
        self.both(lambda store: store.suppress(self.address(name), where, MANUAL, "", AT))
        self._stop(name, where, MANUAL)

    @rule(name=person | st.just(""), where=one_list_or_all)
    def unsuppress(self, name: str, where: str | None) -> None:
        """The editor's word: it lifts what stopped them, and no departure."""
        known = self.stops.pop((name, where), None)
        lifted = self.both(lambda store: store.unsuppress(self.address(name), where, AT, "asked"))
        assert lifted is known
        self._forgive()

    @rule(name=person)
    def erase(self, name: str) -> None:
        self.both(lambda store: _erased(store, self.address(name)))
        self.gone |= {(name, to) for to in LISTS}
        self.ties = {tie: status for tie, status in self.ties.items() if tie[0] != name}
        self.waiting = [mail for mail in self.waiting if mail[0][0] != name]
        self._stop(name, None, ERASED)

    # What is to be expected

    def _admitted(self, name: str, to: str, consent: bool) -> None:
        """Somebody else's word about a person changes nothing where the person spoke."""
        tie = (name, to)
        if not self._is_stopped(name, to) and self.ties.get(tie) is not UNSUBSCRIBED:
            sure = consent or self.ties.get(tie) is CONFIRMED
            self.ties[tie] = CONFIRMED if sure else PENDING

    def _left(self, ties: list[Tie]) -> None:
        for tie in ties:
            self.ties[tie] = UNSUBSCRIBED
            self.gone.add(tie)

    def _stop(self, name: str, where: str | None, reason: SuppressionReason) -> None:
        before = self.stops.get((name, where), ERASED)
        self.stops[name, where] = max(before, reason, key=STRENGTH.index)
        self.gone |= {
            (each, to)
            for each in PEOPLE
            for to in LISTS
            if name in ("", each) and where in (None, to)
        }

    def _is_stopped(self, name: str, to: str) -> bool:
        return any((who, where) in self.stops for who in (name, "") for where in (to, None))

    def _answer(self, name: str, to: str) -> Answer:
        reasons = {self.stops.get((who, where)) for who in (name, "") for where in (to, None)}
        if reasons & {MANUAL, COMPLAINED}:
            return Answer.NONE
        known = self.ties.get((name, to)) is CONFIRMED and not self._is_stopped(name, to)
        return Answer.KNOWN if known else Answer.CONFIRM

    def _lift(self, name: str, to: str) -> None:
        if self.stops.get((name, None)) is ERASED:
            for other in LISTS:
                self.stops.setdefault((name, other), ERASED)
        for where in (None, to):
            if self.stops.get((name, where)) in (ERASED, BOUNCED):
                del self.stops[name, where]
        self._forgive()

    def _forgive(self) -> None:
        """Once something was lifted: whom nothing stops any more, and who did not leave."""
        left = {tie for tie, status in self.ties.items() if status is UNSUBSCRIBED}
        self.gone = {tie for tie in self.gone if self._is_stopped(*tie) or tie in left}

    @invariant()
    def nobody_is_mailed_who_should_not_be(self) -> None:
        for to in LISTS:
            mailed = self.both(lambda store, to=to: _mailed(store, to, self.domain))
            assert not mailed & {self.address(name) for name, where in self.gone if where == to}
            assert mailed == {
                self.address(name)
                for (name, where), status in self.ties.items()
                if where == to and status is CONFIRMED and not self._is_stopped(name, to)
            }


def _token(store: Store, address: str, to: str) -> bytes:
    return next(each.token for each in store.show(address).subscriptions if each.list == to)


def _signed_up(store: Store, address: str, to: str, at: dt.datetime) -> Asked:
    made = SignUp(parse(address), store.list(to).id, "en", FORM, {})
    with store.database.write() as c:
        return signup.sign_up(c, made, store.new_token, store.fingerprint, at)


def _confirmed(store: Store, token: bytes, at: dt.datetime) -> bool:
    with store.database.write() as c:
        return signup.confirm(c, token, FORM, store.fingerprint, at) is not None


def _unsubscribed(store: Store, address: str, where: str | None) -> int:
    with contextlib.suppress(UnknownSubscriber):
        return store.unsubscribe(address, where, "by mail", AT)
    return 0


def _returned(store: Store, act: Callable[..., bool], address: str) -> bool:
    with store.database.write() as c:
        return act(c, suppression.known_as(c, address, store.fingerprint), "a report", AT)


def _erased(store: Store, address: str) -> int | None:
    with store.database.write() as c:
        return erasure.erase(c, erasure.traces(c, address, address), store.fingerprint, AT)


def _mailed(store: Store, to: str, domain: str) -> set[str]:
    """By a dispatch that is planned now, and by one under way as well."""
    with store.database.read() as c:
        rows = c.execute(store.audience(to)).all()
        ids = [row.subscription_id for row in rows]
        assert set(c.scalars(store.welcome(ids))) == set(ids)
    return {row.email for row in rows if row.email.endswith(domain)}


def _store(url: str, stack: contextlib.ExitStack) -> Store:
    database = stack.enter_context(contextlib.closing(Database(url)))
    pepper = fingerprints(b"p" * 32)
    store = Store(database, lambda: os.urandom(16), fingerprint=pepper)
    for name in LISTS:
        store.create_list(name, name.title(), f"{name}.example.org", AT)
    return store


def _run(folder: Path, server: postgresql.Server, examples: int, steps: int) -> None:
    with contextlib.ExitStack() as stack:
        urls = (Files(folder).migrated(), server.migrated())
        stores = tuple(_store(url, stack) for url in urls)
        chosen = settings(max_examples=examples, stateful_step_count=steps)
        run_state_machine_as_test(lambda: History(stores), settings=chosen)
    server.take_back()


@pytest.mark.postgresql
def test_any_history(tmp_path: Path, postgresql_server: postgresql.Server) -> None:
    _run(tmp_path, postgresql_server, examples=10, steps=20)


@pytest.mark.soak
@pytest.mark.postgresql
def test_many_long_histories(tmp_path: Path, postgresql_server: postgresql.Server) -> None:
    _run(tmp_path, postgresql_server, examples=1_000, steps=50)
