"""What came back, taken in: each report is judged, kept once, and followed by what the policy says,
in one transaction with the subscriber store."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import ModuleType

import sqlalchemy as sa

from mailer.app import App
from mailer.desk import holding
from mailer.feedback import policy
from mailer.feedback.parsing.parse import Returned, parse
from mailer.feedback.policy import Effect, Proof
from mailer.ledger import letters, replies, reports
from mailer.ledger.letters import Kind
from mailer.ledger.replies import Written
from mailer.ledger.reports import Copy, Entry
from mailer.model.report import Report, ReportClass
from subscribers import address, people, returns
from subscribers.errors import BadAddress
from subscribers.fingerprint import Fingerprint

_LARGEST_LETTER = 10_000_000  # octets of a reply that are handed on


class Via(StrEnum):
    """The way that a message or report came in."""

    FILE = "file"
    MAILBOX = "mailbox"
    PIPE = "pipe"
    IMAP = "imap"
    LISTENER = "listener"
    SES = "ses"
    POSTMARK = "postmark"
    DIALOGUE = reports.DIALOGUE  # what a relay said while it was given the copy


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one report. `token` is our mark of the copy, if it bears one; `known` whether
    it had come before, and changed nothing this time; `forged` whether it bears a mark that looks
    like ours and is not."""

    report: Report
    token: str
    proof: Proof
    effect: Effect
    known: bool
    forged: bool = False

    @property
    def suppresses(self) -> bool:
        """Whether one such report is enough, where it is proven."""
        return self.report.kind.suppresses and self.report.final and not self.forged


@dataclass(frozen=True, slots=True)
class Post:
    """A message, and how it came: `to` whom it was delivered to, if that is known; `vouched` where
    its word is good without our mark."""

    content: bytes
    via: Via
    to: str = ""
    vouched: bool = False


def take(app: App, post: Post, dry_run: bool = False) -> list[Taken]:
    """Take in one message; a dry run changes nothing. Raises DatabaseError."""
    return take_reports(app, parse(post.content, app.marks, post.to), post, dry_run)


def take_reports(app: App, returned: Returned, post: Post, dry_run: bool = False) -> list[Taken]:
    """The same of what a provider reports in a form of its own."""
    if dry_run:
        with app.database.read() as c:
            return [_Case(c, app, returned, post, report).judged() for report in returned.reports]
    with app.database.write() as c:
        return settle(c, app, returned, post)


def settle(c: sa.Connection, app: App, returned: Returned, post: Post) -> list[Taken]:
    """The same within a transaction."""
    return [_Case(c, app, returned, post, report).settled() for report in returned.reports]


@dataclass(frozen=True)
class _Case:
    """One report of a message, within a transaction."""

    c: sa.Connection
    app: App
    returned: Returned
    post: Post
    report: Report

    def judged(self) -> Taken:
        effect = policy.effect(self.report, self._proof, self._hits, self._is_outlived)
        mark, known = self.returned.mark, self._book.is_known(self.c, self._occasion)
        return Taken(self.report, mark.token, self._proof, effect, known, mark.forged)

    def settled(self) -> Taken:
        taken = self.judged()
        if taken.known or taken.effect is Effect.NONE:
            return taken
        if taken.effect is Effect.HANDED_ON:
            self._keep()
            return taken
        if self._copy is None and not self._is_ours:
            return replace(taken, effect=Effect.NONE)
        done = self._follow(taken.effect)
        entry = Entry(
            self._occasion, self.post.via, self.report, taken.proof, done, self._copy, self._key
        )
        reports.note(self.c, entry, self.app.now())
        return replace(taken, effect=done)

    @cached_property
    def _copy(self) -> Copy | None:
        delivery = self.returned.mark.delivery
        if delivery is None:
            return None
        return reports.copy_of(self.c, delivery.dispatch_id, delivery.seq)

    @cached_property
    def _proof(self) -> Proof:
        if self._copy is not None:
            return Proof.TOKEN
        vouched = self.post.vouched and not self.returned.mark.forged
        return Proof.VOUCHED if vouched else Proof.NONE

    @cached_property
    def _key(self) -> str | None:
        """Of the address that we mailed: our own record of it, else as the report says."""
        if self._copy is not None:
            return _key(self._copy.email or "")
        return _key(self.report.original) or _key(self.report.recipient)

    @property
    def _is_ours(self) -> bool:
        """Whether it is about somebody whom we know."""
        return self._key is not None and people.is_known(self.c, self._key)

    @property
    def _hits(self) -> bool:
        """Whether it names the address that we mailed, or none."""
        named = {_key(self.report.recipient), _key(self.report.original)} - {None}
        return not named or self._key in named

    @property
    def _is_outlived(self) -> bool:
        """Whether the reader has answered a mail that was sent after this copy."""
        copy = self._copy
        return bool(copy and self._key and returns.has_answered_since(self.c, self._key, copy.at))

    @property
    def _book(self) -> ModuleType:
        return replies if self.report.kind is ReportClass.REPLY else reports

    @cached_property
    def _occasion(self) -> str:
        """Once a copy and class; where no copy is known, once a message and recipient."""
        kind, copy = self.report.kind, self._copy
        if copy is not None and kind is not ReportClass.REPLY:
            return f"{copy.dispatch_id}.{copy.seq} {kind}"
        identity = self.returned.message_id or hashlib.sha256(self.post.content).hexdigest()
        named = f"{identity} {self.report.recipient.lower()}".encode(errors="replace")
        return f"{hashlib.sha256(named).hexdigest()} {kind}"

    def _keep(self) -> None:
        returned = self.returned
        written = Written(
            occasion=self._occasion,
            sender=self.report.recipient,
            subject=returned.subject,
            wants_out=returned.wants_out,
            content=self.post.content[:_LARGEST_LETTER],
        )
        replies.keep(self.c, written, self.app.now())

    def _follow(self, effect: Effect) -> Effect:
        """Do what the policy says; returns what that came to."""
        if effect is Effect.TOLD and self._copy is not None and not self._copy.is_notice:
            letters.order(self.c, self._copy.dispatch_id, Kind.FAULT)
        if effect is Effect.COUNTED and self._is_enough:
            effect = Effect.SUPPRESSED
        if effect is Effect.SUPPRESSED and self._is_too_much:
            effect = Effect.HELD
        if self._key is not None and effect in _ACTS:
            _ACTS[effect](self.c, self._key, self._source, self.app.fingerprint, self.app.now())
        return effect

    @property
    def _source(self) -> str:
        """Why, as a suppression says it: without the address, which may be erased."""
        if self._copy is None:
            return f"{self.report.kind}, without a copy of ours"
        if self._copy.is_notice:
            return f"{self.report.kind}, a notice"
        return holding.source(self.report.kind, self._copy.dispatch_id)

    @property
    def _is_too_much(self) -> bool:
        """Whether so many of the dispatch are gone that an editor has to decide; then those
        before this one are not gone either."""
        copy = self._copy
        if copy is None or copy.is_notice or not holding.is_due(self.c, self.app, copy.dispatch_id):
            return False
        holding.hold(self.c, self.app, copy.dispatch_id)
        return True

    @property
    def _is_enough(self) -> bool:
        """Whether this is the last of so many bounces that would pass one by one."""
        settings = self.app.config.bounces
        since = self.app.now() - settings.soft_within
        before = reports.in_a_row(self.c, self._key or "", since, Effect.COUNTED)
        return before + 1 >= settings.soft_count


_ACTS: Mapping[Effect, Callable[[sa.Connection, str, str, Fingerprint, dt.datetime], object]] = {
    Effect.SUPPRESSED: returns.bounced,
    Effect.UNSUBSCRIBED: returns.complained,
}


def _key(text: str) -> str | None:
    try:
        return address.parse(text).key
    except BadAddress:
        return None
