"""What happens to people, done to a store as the pages, the commands and the worker do it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from subscribers import (
    erasure,
    inviting,
    passes,
    retention,
    returns,
    selfcare,
    signup,
)
from subscribers.address import parse
from subscribers.editing import Edit
from subscribers.errors import UnknownSubscriber, WasErased
from subscribers.model import Consent, PassKind
from subscribers.passes import Grant
from subscribers.schema import consent_events, subscribers, subscriptions
from subscribers.signup import Asked, SignUp
from subscribers.store import Store

AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
FORM = Consent("a form", "yes")
_ALL_IDS = range(1, 1 << 40)
_EVERYBODY = 1_000_000
_LATER = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)


def token(store: Store, address: str, to: str) -> bytes:
    return next(each.token for each in store.show(address).subscriptions if each.list == to)


def sign_up(store: Store, address: str, to: str, at: dt.datetime) -> Asked:
    made = SignUp(parse(address), {store.list(to).id: FORM}, "en", {})
    with store.database.write() as c:
        return signup.sign_up(c, made, store.new_token, store.fingerprint, at)


def confirm(store: Store, token: bytes, at: dt.datetime) -> bool:
    with store.database.write() as c:
        return bool(signup.confirm(c, token, FORM, store.fingerprint, at))


def invite(store: Store, to: str, domain: str, at: dt.datetime) -> Mapping[str, bytes]:
    """Everybody who can be asked; what the links in their mails say."""
    with store.database.write() as c:
        asked = inviting.invite(c, store.list(to).id, _EVERYBODY, store.fingerprint, at)
        ours = [each for each in asked if each.email.endswith(domain)]
        made = (
            Grant(PassKind.CONFIRM, each.subscriber_id, parse(each.email), each.subscription_id)
            for each in ours
        )
        return {
            grant.address.email: passes.issue(c, grant, store.new_token(), at).token
            for grant in made
        }


def unsubscribe(store: Store, address: str, where: str | None) -> int:
    with contextlib.suppress(UnknownSubscriber):
        return store.unsubscribe(address, where, "by mail", AT)
    return 0


def bounce(store: Store, address: str) -> bool:
    return _return(store, returns.bounced, address)


def complain(store: Store, address: str) -> bool:
    return _return(store, returns.complained, address)


def _return(store: Store, act: Callable[..., bool], address: str) -> bool:
    with store.database.write() as c:
        return act(c, address, "a report", store.fingerprint, AT)


def move(store: Store, address: str, to: str, at: dt.datetime) -> bool:
    """By their own act, proved at the new address."""
    subscriber_id = store.show(address).id
    with store.database.write() as c:
        moved = selfcare.move(c, subscriber_id, parse(to), "their page", store.fingerprint, at)
    return moved is not None


def give_address(store: Store, address: str, to: str) -> bool:
    """By the editor; False where it cannot be given."""
    try:
        store.edit(address, Edit(address=parse(to)), "the editor", AT)
    except WasErased:
        return False
    return True


def join(store: Store, address: str, to: str) -> bool:
    """A further list, on the page behind a link of theirs."""
    subscriber_id, token = store.show(address).id, store.new_token()
    with store.database.write() as c:
        to_id = store.list(to).id
        return signup.join(c, subscriber_id, to_id, FORM, token, store.fingerprint, AT)


def erase(store: Store, address: str) -> int | None:
    with store.database.write() as c:
        people = erasure.hold(c, [parse(address)])
        return erasure.erase(c, people, store.fingerprint, AT)


def forget_pending(store: Store) -> None:
    """Whoever did not confirm, as retention does it after a while."""
    with store.database.write() as c:
        retention.drop_pending(c, _LATER, _ALL_IDS)


def gone_for_long(store: Store, domain: str) -> set[str]:
    """Whom retention erases after a while."""
    with store.database.read() as c:
        rows = c.execute(retention.left_since(_LATER)).all()
    return {row.email for row in rows if row.email.endswith(domain)}


def mailed(store: Store, to: str, domain: str) -> set[str]:
    """By a dispatch that is planned now, and by one under way as well."""
    with store.database.read() as c:
        rows = c.execute(store.audience(to)).all()
        ids = [row.subscription_id for row in rows]
        assert set(c.scalars(store.welcome(ids))) == set(ids)
    return {row.email for row in rows if row.email.endswith(domain)}


def consents(store: Store, domain: str) -> Mapping[int, list[sa.Row]]:
    """The log of each subscription, as it was written."""
    log = defaultdict(list)
    ours = subscribers.c.email_key.endswith(domain)
    with store.database.read() as c:
        rows = c.execute(
            sa.select(consent_events)
            .join_from(consent_events, subscriptions)
            .join(subscribers)
            .where(ours)
            .order_by(consent_events.c.id)
        )
        for row in rows:
            log[row.subscription_id].append(row)
    return log
