"""The story of one person: consents, changes, suppressions and copies, from the oldest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from mailer.app import App
from mailer.ledger import readers, reports
from mailer.ledger.readers import PersonalCopy
from subscribers.address import parse
from subscribers.model import ConsentEvent, Person, PersonChange


class Told(NamedTuple):
    """One thing that happened."""

    at: dt.datetime
    what: str


class Mail(NamedTuple):
    """What was sent to somebody, and what came back."""

    copies: tuple[PersonalCopy, ...]
    returned: tuple[reports.Told, ...]


def mail_of(app: App, person: Person) -> Mail:
    key = parse(person.email).key
    with app.database.read() as c:
        return Mail(readers.copies_of(c, person.id), reports.about(c, key))


def story(person: Person, mail: Mail) -> list[Told]:
    """Where two things happened at once, a consent comes first."""
    own = (*_consents(person), *_changes(person), *_suppressions(person))
    return sorted((*own, *_copies(mail), *_returned(mail)), key=lambda each: each.at)


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


def _returned(mail: Mail) -> Iterator[Told]:
    for each in mail.returned:
        text = " ".join(each.text.split())
        yield Told(each.at, f"came back: {each.kind.value}: {text} ({each.effect})")


def _copies(mail: Mail) -> Iterator[Told]:
    for copy in mail.copies:
        reply = f": {copy.reply}" if copy.reply else ""
        what = f"issue {copy.issue_id} to {copy.list_name}: {copy.state.value}{reply}"
        yield Told(copy.at, f"{what} (dispatch {copy.dispatch_id})")
