"""All that we hold of one person, to be read: who they are, and what happened, in its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from mailer.desk.holdings import Holdings
from mailer.ledger.readers import PersonalCopy, PersonalLetter, PersonalMail, PersonalReport
from mailer.model.delivery import Attempt
from subscribers.model import ConsentEvent, Person, PersonChange


class Told(NamedTuple):
    """One thing that happened."""

    at: dt.datetime
    what: str


def lines(held: Holdings, zone: dt.tzinfo) -> Iterator[str]:
    """With times in `zone`."""
    person = held.person
    yield person.email
    if person.language:
        yield f"  language: {person.language}"
    if person.tags:
        yield f"  tags: {', '.join(person.tags)}"
    for name, value in sorted(person.attributes.items()):
        yield f"  {name}: {value}"
    for subscription in person.subscriptions:
        yield f"  list {subscription.list}: {subscription.status.value}"
    for told in story(held):
        yield f"  {told.at.astimezone(zone):%a %d %b %Y %H:%M %Z}  {told.what}"


def story(held: Holdings) -> list[Told]:
    """Where two things happened at once, a consent comes first."""
    person = held.person
    told = (
        *_consents(person),
        *_changes(person),
        *_suppressions(person),
        *_copies(held.copies),
        *_reports(held.reports),
        *_letters(held.letters),
        *_mails(held.mails or ()),
    )
    return sorted(told, key=lambda each: each.at)


def _consents(person: Person) -> Iterator[Told]:
    for event in person.consents:
        yield Told(event.at, f"{event.list}: {event.event.value}: {_ground(event)}")


def _ground(event: ConsentEvent) -> str:
    given = (event.how, event.form, event.evidence)
    wording = f"“{event.wording}”" if event.wording else ""
    origin = f"from {event.ip}" if event.ip else ""
    if event.evidence.endswith(origin):  # an import's words tell the address with the step
        origin = ""
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
        what = f"issue {copy.issue_id} to {copy.list_name}"
        for tried in copy.attempts:
            yield Told(tried.at, f"{what}: tried: {_said(tried)}")
        yield Told(copy.at, f"{what}: {copy.state.value}{reply} (dispatch {copy.dispatch_id})")


def _said(tried: Attempt) -> str:
    return " ".join(f"{tried.code or ''} {tried.enhanced} {tried.text}".split())


def _reports(reports: tuple[PersonalReport, ...]) -> Iterator[Told]:
    for report in reports:
        said = " ".join(f"{report.status} {report.text}".split())
        told = f"came back: {report.kind.value}" + (f": {said}" if said else "")
        yield Told(report.at, told + (f" ({report.effect})" if report.effect else ""))


def _letters(letters: tuple[PersonalLetter, ...]) -> Iterator[Told]:
    for letter in letters:
        yield Told(letter.at, f"wrote to us: {letter.subject}")


def _mails(mails: tuple[PersonalMail, ...]) -> Iterator[Told]:
    for mail in mails:
        reply = f": {mail.reply}" if mail.reply else ""
        yield Told(mail.at, f"mail “{mail.kind.value}”: {mail.state.value}{reply}")
