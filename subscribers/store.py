"""The store: every act of an editor or a reader on lists and subscriptions, in a transaction each.

It has no clock: whatever changes something is told the time, with a zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from subscribers import attributes as attribute
from subscribers import audience, definitions, editing, lists, naming, people, suppression
from subscribers.address import Address, parse
from subscribers.admission import Entry
from subscribers.audience import Parts
from subscribers.changes import Differences
from subscribers.consent import come_back, leave, leave_by_token, log_unsuppressed
from subscribers.database import Database
from subscribers.editing import Edit
from subscribers.errors import NeedsReason, UnknownSubscriber
from subscribers.fingerprint import Fingerprint, without_pepper
from subscribers.gates import ENTRANCE
from subscribers.kinds import AttributeKind, Definition, fitted
from subscribers.model import (
    Change,
    Choice,
    Consent,
    ConsentChange,
    List,
    ListSummary,
    Person,
    SubscriptionStatus,
    SubscriptionView,
    SuppressionReason,
)
from subscribers.returns import complained
from subscribers.roster import Roster
from subscribers.schema import subscribers, subscriptions
from subscribers.segments.catalogue import Segments
from subscribers.segments.filter import Knowledge

_BY_THE_EDITOR = Consent("added by the editor", "")


@dataclass(frozen=True)
class Store:
    """`new_token` gives 16 random octets. No attribute may take one of the `reserved` names.
    `facts` are what segments can ask of others, `timezone` is that of their dates; `fingerprint` is
    what we know erased addresses by."""

    database: Database
    new_token: Callable[[], bytes]
    reserved: Set[str] = frozenset()
    facts: Mapping[str, Knowledge] = field(default_factory=dict)
    timezone: dt.tzinfo = dt.UTC
    fingerprint: Fingerprint = without_pepper

    @property
    def segments(self) -> Segments:
        return Segments(self.database, self.facts, self.timezone)

    # Lists

    def create_list(self, name: str, title: str, list_id: str, at: dt.datetime) -> List:
        """`list_id` is the RFC 2919 identifier for ever. Raises BadName, AlreadyThere."""
        with self.database.write() as connection:
            return lists.create(connection, name, title, list_id, at)

    def list(self, name: str) -> List:
        """Raises UnknownList."""
        with self.database.read() as connection:
            return lists.of_name(connection, name)

    def lists(self) -> tuple[List, ...]:
        """By name."""
        with self.database.read() as connection:
            return lists.every(connection)

    def summaries(self) -> tuple[ListSummary, ...]:
        """Every list with its counts, by name: a look at every subscription."""
        with self.database.read() as connection:
            return lists.summaries(connection)

    def summary(self, name: str) -> ListSummary:
        """One list with its counts: a look at each of its subscriptions. Raises UnknownList."""
        with self.database.read() as connection:
            return lists.summary(connection, lists.of_name(connection, name))

    # Attributes

    def define_attribute(
        self, name: str, kind: AttributeKind, choices: Sequence[str], at: dt.datetime
    ) -> int:
        """See `definitions.define`. Raises BadName, BadValue, AlreadyThere."""
        with self.database.write() as connection:
            return definitions.define(connection, name, kind, choices, self.reserved, at)

    def drop_attribute(self, name: str) -> bool:
        """See `definitions.drop`."""
        with self.database.write() as connection:
            return definitions.drop(connection, name)

    def attributes(self) -> Mapping[str, Definition]:
        """Those that are defined, by name."""
        with self.database.read() as connection:
            return definitions.of_all(connection)

    # People

    def add(
        self,
        address_text: str,
        list_name: str,
        attributes: Mapping[str, str],
        consent: Consent | None,
        status: SubscriptionStatus,
        at: dt.datetime,
    ) -> Change:
        """Add somebody on the editor's word: confirmed only with a consent, else pending.

        Who unsubscribed or is suppressed is kept so. Raises BadAddress, BadName, BadValue,
        UnknownList.
        """
        attribute.check(attributes, self.reserved)
        attributes = fitted(self.attributes(), attributes)
        if consent is not None:
            attribute.check_evidence(consent.how + consent.evidence)
        confirmed = consent is not None and status is SubscriptionStatus.CONFIRMED
        entry = Entry(
            parse(address_text),
            attribute.encoded(attributes),
            consent or _BY_THE_EDITOR,
            ConsentChange.ADDED,
            at if confirmed else None,
        )
        return self.roster(list_name).admit([entry], at)[0].change

    def roster(self, list_name: str) -> Roster:
        """For adding many at once. Raises UnknownList."""
        list_id = self.list(list_name).id
        return Roster(self.database, list_id, self.new_token, self.fingerprint)

    def show(self, address_text: str) -> Person:
        """Raises BadAddress, UnknownSubscriber."""
        address = parse(address_text)
        with self.database.read() as connection:
            person = people.of_key(connection, address.key, self.fingerprint)
        if person is None:
            raise _unknown(address)
        return person

    def attribute_names(self, wanted: Set[str]) -> Set[str] | None:
        """See `people.attribute_names`."""
        with self.database.read() as connection:
            return people.attribute_names(connection, wanted)

    def edit(self, address_text: str, wanted: Edit, source: str, at: dt.datetime) -> Differences:
        """See `editing.edit`. Raises BadAddress, BadName, BadValue, UnknownSubscriber,
        AlreadyThere, and WasErased for an address that only its owner brings back."""
        address = parse(address_text)
        with self.database.write() as connection:
            ENTRANCE.enter(connection)
            subscriber_id = self._subscriber_id(connection, address)
            if wanted.address is not None:
                naming.require_not_erased(connection, wanted.address, self.fingerprint)
            return editing.edit(
                *(connection, subscriber_id, wanted, source, at),
                *(self.reserved, self.fingerprint),
            )

    def unsubscribe(
        self, address_text: str, list_name: str | None, how: str, at: dt.datetime
    ) -> int:
        """How many subscriptions this ended; without a list name, those of all lists.

        Raises BadAddress, UnknownSubscriber, UnknownList.
        """
        address = parse(address_text)
        with self.database.write() as connection:
            list_id = self._list_id(connection, list_name)
            subscriber_id = self._subscriber_id(connection, address)
            which = subscriptions.c.subscriber_id == subscriber_id
            if list_id is not None:
                which &= subscriptions.c.list_id == list_id
            return leave(connection, which, Consent(how, ""), at)

    # A reader, by the token of a subscription. An unknown token is None: not an error, since
    # an erased reader's link must go on working.

    def subscription(self, token: bytes) -> SubscriptionView | None:
        with self.database.read() as connection:
            return people.of_token(connection, token)

    def subscriptions_of(self, token: bytes) -> tuple[Choice, ...]:
        """Every list with this person's subscription, if any; empty for an unknown token."""
        with self.database.read() as connection:
            return people.choices(connection, token)

    def unsubscribe_token(
        self,
        token: bytes,
        how: str,
        at: dt.datetime,
        ip: str | None = None,
        user_agent: str | None = None,
    ) -> None:
        """Leave the list of this token, any number of times."""
        with self.database.write() as connection:
            leave_by_token(connection, [(token, Consent(how, "", ip, user_agent))], at)

    def resubscribe_token(
        self, token: bytes, consent: Consent, at: dt.datetime
    ) -> SubscriptionView | None:
        """The person's own act on the preferences page: back on the list of this token. See
        `consent.come_back`."""
        with self.database.write() as connection:
            come_back(connection, token, consent, self.fingerprint, at)
            return people.of_token(connection, token)

    # Suppressions

    def suppress(
        self,
        subject: str,
        list_name: str | None,
        reason: SuppressionReason,
        source: str,
        at: dt.datetime,
    ) -> bool:
        """Whether this is new. `subject` is an address, or a domain as `@example.org`; it holds
        for subscribers and others; None means all lists. Who complained has left, too. Of who was
        erased no source is kept.

        Raises BadAddress, UnknownList.
        """
        name = naming.subject(subject)
        with self.database.write() as connection:
            list_id = self._list_id(connection, list_name)
            if reason is SuppressionReason.COMPLAINED:
                return complained(connection, name, source, self.fingerprint, at, list_id)
            return suppression.suppress(
                connection, name, list_id, reason, source, self.fingerprint, at
            )

    def unsuppress(
        self, subject: str, list_name: str | None, at: dt.datetime, why: str = ""
    ) -> SuppressionReason | None:
        """Lift the suppression for this list, or that for all lists; what its reason was, None
        where there is none. `why` goes into the log of the person's consents.

        Raises BadAddress, UnknownList, and NeedsReason for a complaint that is lifted without one.
        """
        name = naming.subject(subject)
        with self.database.write() as connection:
            list_id = self._list_id(connection, list_name)
            lifted = suppression.unsuppress(connection, name, list_id, self.fingerprint)
            if lifted is SuppressionReason.COMPLAINED and not why:
                raise NeedsReason(
                    f"{subject}: complained: say with --reason why they may be mailed again"
                )
            if lifted is not None:
                log_unsuppressed(connection, name, list_id, why, at)
            return lifted

    # Queries for whoever plans and sends

    def audience(
        self,
        list_name: str,
        segment: str = "",
        audiences: Sequence[str] = (),
        languages: Sequence[str] = (),
    ) -> sa.Select[int, int, str, bytes]:
        """See `audience.audience`; all of the list, or those in a segment; where there are several
        `languages`, or segments for which something in the mail is meant, with the parts to which
        each reader belongs. Raises UnknownList, UnknownSegment, BadSegment."""
        chosen = self.segments.filter(segment) if segment else None
        parts = None
        if audiences or len(languages) > 1:
            parts = Parts([self.segments.filter(name) for name in audiences], languages)
        return audience.audience(self.list(list_name).id, chosen, parts)

    def recipients(
        self, subscription_ids: Sequence[int], with_sign_up: bool = False
    ) -> sa.Select[int, str, Any]:
        """See `audience.recipients`."""
        return audience.recipients(subscription_ids, with_sign_up)

    def welcome(self, subscription_ids: Sequence[int]) -> sa.Select[int]:
        """See `audience.welcome`."""
        return audience.welcome(subscription_ids)

    def _subscriber_id(self, connection: sa.Connection, address: Address) -> int:
        query = sa.select(subscribers.c.id).where(subscribers.c.email_key == address.key)
        found = connection.scalar(query)
        if found is None:
            raise _unknown(address)
        return int(found)

    def _list_id(self, connection: sa.Connection, list_name: str | None) -> int | None:
        return None if list_name is None else lists.of_name(connection, list_name).id


def _unknown(address: Address) -> UnknownSubscriber:
    return UnknownSubscriber(f"{address.email}: nobody of this address: check its spelling")
