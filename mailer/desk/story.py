"""The story of one person: consents, changes, suppressions and copies, from the oldest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from mailer.app import App
from mailer.ledger import readers
from mailer.ledger.readers import PersonalCopy
from subscribers.model import ConsentEvent, Person, PersonChange


class Told(NamedTuple):
    """One thing that happened."""

    at: dt.datetime
    what: str


def copies_of(app: App, person: Person) -> tuple[PersonalCopy, ...]:
    with app.database.read() as c:
        return readers.copies_of(c, person.id)


def story(person: Person, copies: tuple[PersonalCopy, ...]) -> list[Told]:
    """Where two things happened at once, a consent comes first."""
    told = (*_consents(person), *_changes(person), *_suppressions(person), *_copies(copies))
    return sorted(told, key=lambda each: each.at)


def _consents(person: Person) -> Iterator[Told]:
    for event in person.consents:
        yield Told(event.at, f"{event.list}: {event.event.value}: {_ground(event)}")


def _ground(event: ConsentEvent) -> str:
    given = (event.how, event.form, event.evidence)
    wording = f"“{event.wording}”" if event.wording else ""
    origin = f"from {event.ip}" if event.ip else ""
    return ", ".join(part for part in (*given, wording, origin) if part)


def _changes(person: Person) -> Iterator[Told]:
    for change in person.changes:
        yield Told(change.at, f"{_difference(change)} ({change.source})")


def _difference(change: PersonChange) -> str:
    if change.before is None:
        return f"{change.field}: {change.after}"
    return f"{change.field}: {change.before} → {change.after or 'nothing'}"


def _suppressions(person: Person) -> Iterator[Told]:
    for each in person.suppressions:
        where = each.list or "all lists"
        what = f", all of {each.domain}" if each.domain else ""
        told = f"suppressed for {where}{what}: {each.reason.value} ({each.source})"
        yield Told(each.created_at, told)


def _copies(copies: tuple[PersonalCopy, ...]) -> Iterator[Told]:
    for copy in copies:
        reply = f": {copy.reply}" if copy.reply else ""
        what = f"issue {copy.issue_id} to {copy.list_name}: {copy.state.value}{reply}"
        yield Told(copy.at, f"{what} (dispatch {copy.dispatch_id})")
