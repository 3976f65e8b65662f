"""All that we hold of one person, for whoever may know it: the editor, and the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailer.app import App
from mailer.ledger import readers
from mailer.ledger.readers import PersonalCopy, PersonalLetter, PersonalReport
from subscribers.address import parse
from subscribers.model import Person


@dataclass(frozen=True, slots=True)
class Holdings:
    """`reports` came back about their copies, `letters` are what they wrote to the return path."""

    person: Person
    copies: tuple[PersonalCopy, ...]
    reports: tuple[PersonalReport, ...]
    letters: tuple[PersonalLetter, ...]


def of(app: App, address_text: str) -> Holdings:
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
        "subscriptions": [
            {
                "list": s.list,
                "status": s.status.value,
                "confirmed_at": s.confirmed_at,
                "unsubscribed_at": s.unsubscribed_at,
            }
            for s in person.subscriptions
        ],
        "suppressed": bool(person.suppressions),
        "suppressions": [
            {
                **{"list": s.list, "domain": s.domain or None, "reason": s.reason.value},
                **{"source": s.source, "at": s.created_at},
            }
            for s in person.suppressions
        ],
        "consents": [
            {
                **{"list": c.list, "at": c.at, "event": c.event.value},
                **{"how": c.how, "text": c.evidence, "form": c.form, "wording": c.wording},
                **{"ip": c.ip, "user_agent": c.user_agent},
            }
            for c in person.consents
        ],
        "changes": [
            {"at": c.at, "source": c.source, "field": c.field, "before": c.before, "after": c.after}
            for c in person.changes
        ],
        "copies": [
            {
                **{"dispatch": c.dispatch_id, "issue": c.issue_id, "list": c.list_name},
                **{"state": c.state.value, "at": c.at, "reply": c.reply},
            }
            for c in held.copies
        ],
        "reports": [
            {
                **{"at": r.at, "class": r.kind.value, "effect": r.effect},
                **{"status": r.status, "text": r.text},
            }
            for r in held.reports
        ],
        "letters": [
            {"at": letter.at, "subject": letter.subject, "content": letter.content}
            for letter in held.letters
        ],
    }
