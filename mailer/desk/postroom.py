"""The postroom mails notices: over a connection of its own, so that a person who waits for one does
not wait for an issue that is being sent to many.

It runs in `mailer web`, which hears at once that there is something to mail, and in the worker.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.app import App
from mailer.desk import post
from mailer.desk.notice_texts import ISSUE_TITLE, NEW_ADDRESS, Texts, url_slot
from mailer.errors import MailerError
from mailer.ledger import archive, editions, notices
from mailer.ledger.notices import Kind, Notice
from mailer.ledger.reports import NOTICES
from mailer.links import Purpose
from mailer.message.stencil import MissingValue
from mailer.message.verp import DeliveryKey, token_of
from mailer.model.delivery import Envelope, State
from mailer.model.outcome import Deferred, Outcome, Rejected, Reply, Sent
from mailer.model.slot import EMAIL, LIST_TITLE, said
from mailer.sender.retry import Attempt, Policy, retry
from subscribers.address import mask
from subscribers.errors import SubscribersError

_BATCH = 50  # over one connection
# Quicker than an issue's: somebody looks for it now. The ledger says when it is too late.
_POLICY = Policy(first=dt.timedelta(minutes=1), longest=dt.timedelta(minutes=30))
_TOKENS = {  # what opens which link
    Kind.CONFIRM: ("confirm", Purpose.CONFIRM),
    Kind.INVITE: ("confirm", Purpose.CONFIRM),
    Kind.MOVE: ("confirm", Purpose.MOVE),
    Kind.ACCESS: ("access", Purpose.ACCESS),
}


@dataclass(frozen=True, slots=True)
class _Mail:
    """A notice ready for the wire."""

    notice: Notice
    edition_id: int
    envelope: Envelope


@dataclass(frozen=True)
class Postroom:
    """Of one publication; `tell` gets a line for each trouble."""

    app: App
    tell: Callable[[str], None]
    texts: Texts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", Texts(self.app))

    def mail_due(self) -> bool:
        """Mail every notice that is due; whether all went well. Raises DatabaseError."""
        well = True
        while claimed := self._claimed():
            troubles = list(dict.fromkeys(self._mail(claimed)))
            for trouble in troubles:
                self.tell(f"notices: {trouble}")
            well = well and not troubles
        return well

    def _claimed(self) -> list[Notice]:
        with self.app.database.write() as c:
            return notices.claim(c, _BATCH)

    def _mail(self, claimed: Sequence[Notice]) -> list[str]:
        """Submit them; what stood in the way of any."""
        ready, troubles = [], []
        for notice in claimed:
            try:
                ready.append(self._written(notice))
            except (MailerError, MissingValue) as error:
                troubles.append(f"{notice.order.kind}: {error}")
                self._settle(notice, Deferred(Reply(0, "", str(error))), None)
        outcomes, trouble = post.submit_some(self.app, [mail.envelope for mail in ready])
        if trouble is not None:
            troubles.append(str(trouble))
        for mail, outcome in zip(ready, outcomes, strict=True):
            came = outcome or Deferred(Reply(0, "", str(trouble)))
            if isinstance(came, Rejected):
                troubles.append(f"{mail.notice.order.kind}: {came.reply}")
            self._settle(mail.notice, came, mail.edition_id)
        return troubles

    def _settle(self, notice: Notice, outcome: Outcome, edition_id: int | None) -> None:
        attempt = Attempt(notice.attempt, notice.created_at, (0, notice.id))
        step = retry(outcome, attempt, self.app.now(), _POLICY)
        again = step.state in (State.DEFERRED, State.UNCERTAIN)
        reply = "" if isinstance(outcome, Sent) else str(outcome.reply)
        due = step.not_before if again else None
        with self.app.database.write() as c:
            notices.settle(c, notice, step.state, due, reply, edition_id)

    def _written(self, notice: Notice) -> _Mail:
        """Raises ConfigError for a text with faults, MissingValue."""
        app, wanted = self.app, notice.order
        values = _values(app, wanted)
        places = {name.removesuffix("_token") for name in values if name.endswith("_token")}
        text = self.texts.of(wanted.kind, wanted.lang, frozenset(places))
        with app.database.write() as c:
            edition_id = editions.store(c, text.edition, text.pictures, app.now())
        mail = post.mail_of(app, wanted.email, text.edition, _message_id(app, notice), values)
        token = token_of(app.links.keyring, DeliveryKey(NOTICES, notice.id))
        return _Mail(notice, edition_id, post.envelope_of(app, wanted.email, mail, token))


def _values(app: App, wanted: notices.Order) -> dict[str, str]:
    """What stands in the slots: what is known of the person, and the ends of the links."""
    values = {**_person(app, wanted), EMAIL: wanted.email, LIST_TITLE: wanted.list_title}
    if wanted.subject is not None:
        target, purpose = _TOKENS[wanted.kind]
        values[url_slot(target)] = app.links.keyring.sign(purpose, wanted.subject)
    if wanted.subscription is not None:
        for target, purpose in (
            ("preferences", Purpose.PREFERENCES),
            ("unsubscribe", Purpose.UNSUBSCRIBE),
        ):
            values[url_slot(target)] = app.links.keyring.sign(purpose, wanted.subscription)
    with app.database.read() as c:
        newest = archive.newest(c)
    if newest is not None:
        values |= {ISSUE_TITLE: newest.title, url_slot("issue"): newest.issue_id}
    return values


def _person(app: App, wanted: notices.Order) -> Mapping[str, str]:
    view = None if wanted.subscription is None else app.store.subscription(wanted.subscription)
    if view is None:
        return {}
    try:
        attributes = said(app.store.show(view.email).attributes)
    except SubscribersError:  # erased since we looked
        return {}
    return {**attributes, NEW_ADDRESS: mask(view.email)}


def _message_id(app: App, notice: Notice) -> str:
    """The same on every attempt (RFC 5322 §3.6.4)."""
    seed = f"{notice.id} {notice.created_at.isoformat()} {notice.order.email}"
    return f"notice.{hashlib.sha256(seed.encode()).hexdigest()[:24]}@{app.domain}"
