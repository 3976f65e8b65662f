"""All that we hold of one person, for whoever may know it: the editor, and the person."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from mailer.ledger import readers
from mailer.ledger.readers import PersonalCopy, PersonalLetter, PersonalReport
from mailer.records import Records
from subscribers.address import parse
from subscribers.model import ConsentEvent, Person, Subscription, Suppression


@dataclass(frozen=True, slots=True)
class Holdings:
    """`reports` came back about their copies, `letters` are what they wrote to the return path."""

    person: Person
    copies: tuple[PersonalCopy, ...]
    reports: tuple[PersonalReport, ...]
    letters: tuple[PersonalLetter, ...]


def of(app: Records, address_text: str) -> Holdings:
    """Raises BadAddress, UnknownSubscriber."""
    person = app.store.show(address_text)
    key = parse(person.email).key
    with app.database.read() as c:
        return Holdings(
            person,
            readers.copies_of(c, person.id),
            readers.reports_of(c, key),
            readers.letters_of(c, key),
        )


def document(held: Holdings) -> dict[str, Any]:
    """As JSON has it."""
    person = held.person
    return {
        "email": person.email,
        "language": person.language,
        "attributes": dict(person.attributes),
        "tags": list(person.tags),
        "subscriptions": list(map(_subscription, person.subscriptions)),
        "suppressed": bool(person.suppressions),
        "suppressions": list(map(_suppression, person.suppressions)),
        "consents": list(map(_consent, person.consents)),
        "changes": list(map(dataclasses.asdict, person.changes)),
        "copies": list(map(_copy, held.copies)),
        "reports": list(map(_report, held.reports)),
        "letters": list(map(dataclasses.asdict, held.letters)),
    }


def _subscription(s: Subscription) -> dict[str, Any]:
    since = {"confirmed_at": s.confirmed_at, "unsubscribed_at": s.unsubscribed_at}
    return {"list": s.list, "status": s.status.value, **since}


def _suppression(s: Suppression) -> dict[str, Any]:
    why = {"reason": s.reason.value, "source": s.source, "at": s.created_at}
    return {"list": s.list, "domain": s.domain or None, **why}


def _consent(c: ConsentEvent) -> dict[str, Any]:
    proof = {"text": c.evidence, "form": c.form, "wording": c.wording}
    origin = {"ip": c.ip, "user_agent": c.user_agent}
    return {"list": c.list, "at": c.at, "event": c.event.value, "how": c.how, **proof, **origin}


def _copy(c: PersonalCopy) -> dict[str, Any]:
    which = {"dispatch": c.dispatch_id, "issue": c.issue_id, "list": c.list_name}
    return {**which, "state": c.state.value, "at": c.at, "reply": c.reply}


def _report(r: PersonalReport) -> dict[str, Any]:
    said = {"status": r.status, "text": r.text}
    return {"at": r.at, "class": r.kind.value, "effect": r.effect, **said}
