"""Signing up: somebody asks for a list, and nothing comes of it before a mail to them is answered.

A sign-up makes a stranger pending and changes nobody else; only the answer does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from subscribers import consent, editing, passes, people, suppression
from subscribers.address import Address
from subscribers.database import insert_one
from subscribers.editing import Edit
from subscribers.fingerprint import Fingerprint
from subscribers.model import (
    Consent,
    ConsentChange,
    Pass,
    PassKind,
    SubscriptionStatus,
    SubscriptionView,
    SuppressionReason,
)
from subscribers.schema import subscribers, subscriptions
from subscribers.suppression import LIFTED

AGAIN = dt.timedelta(days=1)  # at most one confirmation to an address
AGAIN_GONE = dt.timedelta(days=30)  # to one that left, was erased, or came back to us


class Answer(StrEnum):
    """The mail that a sign-up is answered with."""

    CONFIRM = "confirm"
    KNOWN = "known"  # they get the list already
    NONE = "none"


def answer(
    status: SubscriptionStatus | None,
    stop: SuppressionReason | None,
    asked: dt.datetime | None,
    at: dt.datetime,
) -> Answer:
    """By how an address stands with a list; `stop` is why it must not be mailed, `asked` when it
    was last asked to confirm."""
    if stop is not None and stop not in LIFTED:
        return Answer.NONE
    gone = stop is not None or status is SubscriptionStatus.UNSUBSCRIBED
    if asked is not None and at - asked < (AGAIN_GONE if gone else AGAIN):
        return Answer.NONE
    known = status is SubscriptionStatus.CONFIRMED and stop is None
    return Answer.KNOWN if known else Answer.CONFIRM


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a form was sent with; `consents` has what was agreed to, by list. The attributes are not
    the person's before they confirm: it may be somebody else who filled in the form."""

    address: Address
    consents: Mapping[int, Consent]
    lang: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """`lists` are those that the mail is about, by id. `given` opens them all, and `subscription`
    is the token of the first; None where nothing is to be mailed."""

    answer: Answer
    lists: tuple[int, ...] = ()
    given: Pass | None = None
    subscription: bytes | None = None


def sign_up(
    c: sa.Connection,
    made: SignUp,
    new_token: Callable[[], bytes],
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> Asked:
    """Write the sign-up down, as far as a mail is to follow; what that is. One mail for all lists:
    where any is to be confirmed, it is about those alone."""
    asked = passes.last_at(c, PassKind.CONFIRM, made.address)
    found = {list_id: _of(c, made.address, list_id) for list_id in sorted(made.consents)}
    answers = {}
    for list_id, subscription in found.items():
        status = None if subscription is None else SubscriptionStatus(subscription.status)
        stop = stop_of(c, made.address, list_id, fingerprint)
        answers[list_id] = answer(status, stop, asked, at)
    what = next((each for each in Answer if each in answers.values()), Answer.NONE)
    if what is Answer.NONE:
        return Asked(what)
    about = tuple(list_id for list_id, each in answers.items() if each is what)
    asked_of = [
        (found[each] or _pending(c, made, each, new_token(), at), made.consents[each])
        for each in about
    ]
    signed = ConsentChange.SIGNED_UP
    consent.log(c, [(to.id, signed, agreed) for to, agreed in asked_of], at)
    grants = [(_grant(made, to, agreed), new_token()) for to, agreed in asked_of]
    given = passes.issue_all(c, grants, at)
    return Asked(what, about, given[0], asked_of[0][0].token)


def _grant(made: SignUp, to: sa.Row[int, int, str, bytes], agreed: Consent) -> passes.Grant:
    return passes.Grant(
        PassKind.CONFIRM,
        to.subscriber_id,
        made.address,
        to.id,
        made.lang,
        agreed.evidence,
        made.attributes,
    )


def confirm(
    c: sa.Connection, token: bytes, evidence: Consent, fingerprint: Fingerprint, at: dt.datetime
) -> tuple[SubscriptionView, ...]:
    """The answer to the mail: confirmed on each list that it was about, whatever they had been
    before but for a complaint or an editor's stop; what was agreed to is what the sign-up said of
    it. Empty where the pass is not open."""
    given = passes.of_token(c, PassKind.CONFIRM, token)
    every = () if given is None else passes.together(c, given)
    views = [_confirmed(c, each, evidence, fingerprint, at) for each in every]
    return tuple(view for view in views if view is not None)


def _confirmed(
    c: sa.Connection, given: Pass, evidence: Consent, fingerprint: Fingerprint, at: dt.datetime
) -> SubscriptionView | None:
    view = _held(c, given)
    if view is None or passes.use(c, PassKind.CONFIRM, given.token, at) is None:
        return None
    agreed = replace(evidence, evidence=given.evidence)
    if not consent.come_back(c, view.token, agreed, fingerprint, at):
        consent.log(c, [(view.id, ConsentChange.CONFIRMED, agreed)], at)
    suppression.lift(c, passes.address_of(given).key, view.list.id, fingerprint)
    told = Edit(language=given.lang or None, attributes=given.attributes)
    editing.edit(c, given.subscriber_id, told, agreed.how, at)
    return of_pass(c, given)


def join(
    c: sa.Connection,
    subscriber_id: int,
    list_id: int,
    agreed: Consent,
    token: bytes,
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> bool:
    """A further list for somebody whose address is known to be theirs; False where they have been
    on it, or are, or are no more. No suppression is lifted but that they were erased from it."""
    held = sa.select(subscribers.c.id).where(subscribers.c.id == subscriber_id)
    if c.scalar(held.with_for_update(key_share=True, read=True)) is None:
        return False
    row = {
        "subscriber_id": subscriber_id,
        "list_id": list_id,
        "status": SubscriptionStatus.CONFIRMED,
        "token": token,
        "confirmed_at": at,
        "created_at": at,
    }
    if not insert_one(c, subscriptions, row):
        return False
    view = people.of_token(c, token)
    if view is not None:
        consent.log(c, [(view.id, ConsentChange.CONFIRMED, agreed)], at)
        consent.take_back(c, subscriber_id, list_id, fingerprint)
    return True


def of_pass(c: sa.Connection, given: Pass) -> SubscriptionView | None:
    """The subscription that a pass is about; None where it is gone."""
    token = c.scalar(_token(given))
    return None if token is None else people.of_token(c, token)


def of_sign_up(c: sa.Connection, given: Pass) -> tuple[SubscriptionView, ...]:
    """The subscriptions of a sign-up that a pass answers, without those that are gone."""
    views = [of_pass(c, each) for each in passes.together(c, given)]
    return tuple(view for view in views if view is not None)


def _held(c: sa.Connection, given: Pass) -> SubscriptionView | None:
    """The same, and nobody else changes it until the transaction ends."""
    token = c.scalar(_token(given).with_for_update())
    return None if token is None else people.of_token(c, token)


def _token(given: Pass) -> sa.Select[bytes]:
    return sa.select(subscriptions.c.token).where(subscriptions.c.id == given.subscription_id)


def stop_of(
    c: sa.Connection, address: Address, list_id: int, fingerprint: Fingerprint
) -> SuppressionReason | None:
    """Why the address must not be mailed, for this list or for all; the strongest reason."""
    return suppression.reasons(c, list_id, [address.key], fingerprint).get(address.key)


def _of(c: sa.Connection, address: Address, list_id: int) -> sa.Row[int, int, str, bytes] | None:
    """Which nobody takes away until the transaction ends."""
    columns = (subscriptions.c.id, subscriptions.c.subscriber_id)
    query = (
        sa.select(*columns, subscriptions.c.status, subscriptions.c.token)
        .join_from(subscriptions, subscribers)
        .where(subscribers.c.email_key == address.key, subscriptions.c.list_id == list_id)
        .with_for_update(of=subscriptions, key_share=True, read=True)
    )
    return c.execute(query).one_or_none()


def _pending(
    c: sa.Connection, made: SignUp, list_id: int, token: bytes, at: dt.datetime
) -> sa.Row[int, int, str, bytes]:
    """A subscription that waits for its confirmation."""
    row = {
        "subscriber_id": _person(c, made.address, at),
        "list_id": list_id,
        "status": SubscriptionStatus.PENDING,
        "token": token,
        "created_at": at,
    }
    insert_one(c, subscriptions, row)
    found = _of(c, made.address, list_id)
    if found is None:
        raise LookupError("a subscription that was just made is gone")
    return found


def _person(c: sa.Connection, address: Address, at: dt.datetime) -> int:
    """The id of whoever has this address, whom nobody takes away until the transaction ends; they
    may be gone again before we look, and are made once more."""
    times = {"created_at": at, "updated_at": at}
    person = {"email": address.email, "email_key": address.key, "attributes": {}, **times}
    query = sa.select(subscribers.c.id).where(subscribers.c.email_key == address.key)
    held = query.with_for_update(key_share=True, read=True)
    found = c.scalar(held)
    while found is None:
        insert_one(c, subscribers, person)
        found = c.scalar(held)
    return int(found)
