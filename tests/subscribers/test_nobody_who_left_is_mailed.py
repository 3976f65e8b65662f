"""Whatever happens in whatever order: nobody is mailed who left, was suppressed or erased and did
not come back themselves; and both databases give the same answers to the same history."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import acts
import postgresql
import pytest
from acts import AT, FORM
from databases import Files
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailer.database import Database
from subscribers.fingerprint import fingerprints
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import STRENGTH, SubscriptionStatus, SuppressionReason
from subscribers.signup import Answer
from subscribers.store import Store

PEOPLE = ("anna",)  # more of them only make it rarer that one history crosses another
LISTS = ("monthly", "weekly")
MONTH = dt.timedelta(days=31)
PENDING, CONFIRMED, UNSUBSCRIBED = SubscriptionStatus
ELSEWHERE, ERASED, BOUNCED, MANUAL, COMPLAINED = SuppressionReason  # the first: left elsewhere
SAID = ELSEWHERE, ERASED  # a person's own word is newer
LIFTED = (*SAID, BOUNCED)  # by who answers a mail
_NUMBERS = itertools.count()  # fresh addresses for every history, in the same two databases

Tie = tuple[str, str]  # a person and a list
Stop = tuple[str, str | None]  # an address or a domain, and a list or all
Mail = tuple[Tie, tuple[bytes, ...], dt.datetime]  # what its link says in each store, and when
person = st.sampled_from(PEOPLE)
list_name = st.sampled_from(LISTS)
one_list_or_all = st.sampled_from((*LISTS, None))
place = st.integers(0, 2)


class History(RuleBasedStateMachine):
    """The stores, and beside them in plain dictionaries what everybody said last."""

    def __init__(self, stores: tuple[Store, ...]) -> None:
        super().__init__()
        self.stores = stores
        self.domain = f"@example{next(_NUMBERS)}.org"
        self.places = dict.fromkeys(PEOPLE, 0)  # which of their addresses is theirs now
        self.had = {name: set[str]() for name in PEOPLE}  # those that we knew them by
        self.ties: dict[Tie, SubscriptionStatus] = {}
        self.own: set[Tie] = set()  # those that they confirmed, or came back to, themselves
        self.stops: dict[Stop, SuppressionReason] = {}
        self.erased: set[str] = set()  # addresses that are known by their fingerprints alone
        self.tokens: list[tuple[Tie, tuple[bytes, ...]]] = []  # of links that went out
        self.waiting: list[Mail] = []  # to be answered
        self.now = AT
        self.gone: set[Tie] = set()  # who must not be mailed, until they say so themselves
        self.logs: list[Mapping[int, list[Any]]] = [{} for _ in stores]  # of consents

    # What is done to both stores, and must come to the same

    def address(self, name: str, place: int | None = None) -> str:
        """Without a name: the whole domain."""
        return name + "0" * (self.places.get(name, 0) if place is None else place) + self.domain

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

    @rule(name=person, to=list_name)
    def bring_word_that_they_left_elsewhere(self, name: str, to: str) -> None:
        """It says nothing of when: what they did with us counts for more."""
        text = f"email,status\n{self.address(name)},unsubscribed\n".encode()
        wishes = Wishes(mapping={"status": "status"})
        self.both(lambda store: import_file(store, io.BytesIO(text), to, wishes, AT))
        tie = (name, to)
        if self.ties.get(tie) is CONFIRMED and tie in self.own:
            return
        if self._is_known(name) or not self._is_stopped(name, to):
            self._left([tie])
            self.stops.setdefault((self.address(name), to), ELSEWHERE)

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
        asked = [acts.sign_up(store, self.address(name), to, self.now) for store in self.stores]
        (answer,) = {each.answer for each in asked}
        assert answer is self._answer(name, to)
        if answer is Answer.CONFIRM:
            self.ties.setdefault((name, to), PENDING)
            tokens = tuple(each.given.token for each in asked if each.given)
            self._mailed(((name, to), tokens, self.now), at_once)

    @rule(to=list_name, at_once=st.booleans())
    def invite(self, to: str, at_once: bool) -> None:
        """Those alone who are pending and nothing stops; so long after the last time that nobody
        was asked lately."""
        self.now += MONTH
        asked = [acts.invite(store, to, self.domain, self.now) for store in self.stores]
        waiting = [tie for tie, status in self.ties.items() if tie[1] == to and status is PENDING]
        expected = {self.address(tie[0]): tie for tie in waiting if not self._is_stopped(*tie)}
        assert [each.keys() for each in asked] == [expected.keys()] * len(asked)
        for address, tie in expected.items():
            self._mailed((tie, tuple(each[address] for each in asked), self.now), at_once)

    def _mailed(self, mail: Mail, at_once: bool) -> None:
        self.waiting.append(mail)
        if at_once:
            self._answered(mail)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def answer_a_mail(self, data: st.DataObject) -> None:
        self._answered(data.draw(st.sampled_from(self.waiting)))

    def _answered(self, mail: Mail) -> None:
        """The person's own word, once, and not too late."""
        tie, tokens, asked_at = mail
        confirmed = [
            acts.confirm(store, token, self.now)
            for store, token in zip(self.stores, tokens, strict=True)
        ]
        assert set(confirmed) == {asked_at == self.now}
        self.waiting.remove(mail)
        if confirmed[0]:
            self._back(tie)
            self._lift(self.address(tie[0]), tie[1], LIFTED)

    @precondition(lambda self: self.ties)
    @rule(data=st.data())
    def send_a_link(self, data: st.DataObject) -> None:
        name, to = tie = data.draw(st.sampled_from(list(self.ties)))
        found = tuple(acts.token(store, self.address(name), to) for store in self.stores)
        self.tokens.append((tie, found))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), leave=st.booleans())
    def press_an_old_link(self, data: st.DataObject, leave: bool) -> None:
        """To leave, or on the page behind it to come back. It may be that of a person who was
        erased since: then it does nothing."""
        tie, tokens = data.draw(st.sampled_from(self.tokens))
        held = [
            store.subscription(token) is not None
            for store, token in zip(self.stores, tokens, strict=True)
        ]
        for store, token in zip(self.stores, tokens, strict=True):
            if leave:
                store.unsubscribe_token(token, "one click", AT)
            else:
                store.resubscribe_token(token, FORM, AT)
        assert len(set(held)) == 1
        if held[0] and leave:
            self._left([tie])
        elif held[0]:
            self._returned(tie)

    @rule(name=person, to=list_name)
    def join(self, name: str, to: str) -> None:
        """A list that they were never on, by a tick on their page."""
        if not self._is_known(name):
            return
        joined = self.both(lambda store: acts.join(store, self.address(name), to))
        assert joined is ((name, to) not in self.ties)
        if joined:
            self._returned((name, to))

    @rule(name=person, where=one_list_or_all)
    def unsubscribe(self, name: str, where: str | None) -> None:
        known = [tie for tie in self.ties if tie[0] == name]
        self.both(lambda store: acts.unsubscribe(store, self.address(name), where))
        self._left([tie for tie in known if where in (None, tie[1])])

    @rule(name=person)
    def bounce(self, name: str) -> None:
        self.both(lambda store: acts.bounce(store, self.address(name)))
        self._stop(self.address(name), None, BOUNCED)

    @rule(name=person)
    def complain(self, name: str) -> None:
        self.both(lambda store: acts.complain(store, self.address(name)))
        self._left([tie for tie in self.ties if tie[0] == name])
        self._stop(self.address(name), None, COMPLAINED)

    @rule(name=person | st.just(""), where=one_list_or_all)
    def suppress(self, name: str, where: str | None) -> None:
        """Without a name: the whole domain."""
        self.both(lambda store: store.suppress(self.address(name), where, MANUAL, "", AT))
        self._stop(self.address(name), where, MANUAL)

    @precondition(lambda self: self.stops)
    @rule(data=st.data())
    def unsuppress(self, data: st.DataObject) -> None:
        """The editor's word: it lifts what stopped them, and no departure."""
        subject, where = data.draw(st.sampled_from(list(self.stops)))
        lifted = self.both(lambda store: store.unsuppress(subject, where, AT, "asked"))
        assert lifted is self.stops.pop((subject, where))
        if where is None:
            self.erased.discard(subject)
        self._judge_anew()

    @rule(name=person, place=place)
    def take_another_address(self, name: str, place: int) -> None:
        """Perhaps one that they had before. What was held against the old one stays there; who
        left has left all the same. An address or a domain that the editor stopped is no way out."""
        before, after = self.address(name), self.address(name, place)
        if before == after or not self._is_known(name):
            return
        moved = self.both(lambda store: acts.move(store, before, after, self.now))
        held = {why for (what, _), why in self.stops.items() if what in (after, self.domain)}
        assert moved is held.isdisjoint({MANUAL, COMPLAINED})
        if moved:
            for _, to in [tie for tie in self.ties if tie[0] == name]:
                self._lift(after, to, LIFTED)
            self._moved(name, place)

    @rule(name=person, place=place)
    def be_given_another_address(self, name: str, place: int) -> None:
        """By the editor, who can give none that was erased."""
        before, after = self.address(name), self.address(name, place)
        if before == after or not self._is_known(name):
            return
        given = self.both(lambda store: acts.give_address(store, before, after))
        assert given is (after not in self.erased)
        if given:
            self._moved(name, place)

    @rule(name=person, place=place, to=list_name)
    def bring_in_an_old_file(self, name: str, place: int, to: str) -> None:
        """With an address that they had before, erased or not."""
        address = self.address(name, place)
        if place != self.places[name] and (address, None) in self.stops:
            text, wishes = f"email\n{address}\n".encode(), Wishes(confirmed="a fair")
            report = self.both(lambda store: import_file(store, io.BytesIO(text), to, wishes, AT))
            assert report.skipped == 1

    @rule(name=person)
    def erase(self, name: str) -> None:
        """With the addresses that they had before."""
        self.both(lambda store: acts.erase(store, self.address(name)))
        every = {self.address(name), *self.had[name]}
        self._vanish({tie for tie in self.ties if tie[0] == name})
        for address in every:
            self._stop(address, None, ERASED)
        self.erased |= every

    @rule()
    def forget_whoever_never_confirmed(self) -> None:
        self.both(acts.forget_pending)
        self._vanish({tie for tie, status in self.ties.items() if status is PENDING})

    @rule()
    def erase_who_left_for_good(self) -> None:
        found = self.both(lambda store: acts.gone_for_long(store, self.domain))
        theirs = {name: [s for tie, s in self.ties.items() if tie[0] == name] for name in PEOPLE}
        left = [name for name, all_of in theirs.items() if set(all_of) == {UNSUBSCRIBED}]
        assert found == set(map(self.address, left))
        for name in left:
            self.erase(name)

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

    def _back(self, tie: Tie) -> None:
        self.ties[tie] = CONFIRMED
        self.own.add(tie)

    def _returned(self, tie: Tie) -> None:
        """It takes back that they left elsewhere or were erased, and lifts nothing else."""
        if self.ties.get(tie) is not CONFIRMED:
            self._back(tie)
            self._lift(self.address(tie[0]), tie[1], SAID)

    def _vanish(self, ties: set[Tie]) -> None:
        """These subscriptions are no more."""
        self.ties = {tie: status for tie, status in self.ties.items() if tie not in ties}
        self.waiting = [mail for mail in self.waiting if mail[0] not in ties]
        self.own -= ties
        self.had |= {name: set() for name in PEOPLE if not self._is_known(name)}

    def _stop(self, subject: str, where: str | None, reason: SuppressionReason) -> None:
        stop = (subject, where)
        self.stops[stop] = max(self.stops.get(stop, reason), reason, key=STRENGTH.__getitem__)
        self.gone |= self._stopped()

    def _moved(self, name: str, place: int) -> None:
        """Links that were mailed to the address before are of no use, and it brings nobody in; the
        one that they have now may."""
        before, self.places[name] = self.address(name), place
        self.had[name].add(before)
        self.stops.setdefault((before, None), ELSEWHERE)
        if self.stops.get((self.address(name), None)) is ELSEWHERE:
            del self.stops[self.address(name), None]
        self.waiting = [mail for mail in self.waiting if mail[0][0] != name]
        self._judge_anew()

    def _is_known(self, name: str) -> bool:
        return any(who == name for who, _ in self.ties)

    def _reasons(self, name: str, to: str) -> set[SuppressionReason]:
        every = itertools.product((self.address(name), self.domain), (to, None))
        return {self.stops[stop] for stop in every if stop in self.stops}

    def _is_stopped(self, name: str, to: str) -> bool:
        return bool(self._reasons(name, to))

    def _stopped(self) -> set[Tie]:
        return {tie for tie in itertools.product(PEOPLE, LISTS) if self._is_stopped(*tie)}

    def _answer(self, name: str, to: str) -> Answer:
        if self._reasons(name, to) & {MANUAL, COMPLAINED}:
            return Answer.NONE
        known = self.ties.get((name, to)) is CONFIRMED and not self._is_stopped(name, to)
        return Answer.KNOWN if known else Answer.CONFIRM

    def _lift(self, address: str, to: str, lifted: tuple[SuppressionReason, ...]) -> None:
        """Who was erased is so from the other lists all the same, whatever came back since."""
        everywhere = self.stops.get((address, None))
        if everywhere in (LIFTED if address in self.erased else (ERASED,)):
            for other in LISTS:
                self.stops.setdefault((address, other), ERASED)
        for where in (None, to):
            if self.stops.get((address, where)) in lifted:
                del self.stops[address, where]
        self.erased.discard(address)
        self._judge_anew()

    def _judge_anew(self) -> None:
        """Once something was lifted, or stays with an address that is another's now: whom nothing
        stops any more, and who did not leave, may be mailed again."""
        left = {tie for tie, status in self.ties.items() if status is UNSUBSCRIBED}
        self.gone = (self.gone & left) | self._stopped()

    @invariant()
    def nobody_is_mailed_who_should_not_be(self) -> None:
        for to in LISTS:
            mailed = self.both(lambda store, to=to: acts.mailed(store, to, self.domain))
            assert not mailed & {self.address(name) for name, where in self.gone if where == to}
            assert mailed == {
                self.address(name)
                for (name, where), status in self.ties.items()
                if where == to and status is CONFIRMED and not self._is_stopped(name, to)
            }

    @invariant()
    def the_log_of_consents_only_grows(self) -> None:
        """With a subscription it goes."""
        for place, store in enumerate(self.stores):
            before, now = self.logs[place], acts.consents(store, self.domain)
            for subscription, log in before.items():
                assert subscription not in now or now[subscription][: len(log)] == log
            self.logs[place] = now


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
