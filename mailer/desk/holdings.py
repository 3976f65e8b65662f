"""All that we hold of one person, for whoever may know it: the editor, and the person."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from mailer.ledger import readers
from mailer.ledger.readers import PersonalCopy, PersonalLetter, PersonalMail, PersonalReport
from mailer.records import Records
from subscribers import passes, people
from subscribers.address import Address, parse
from subscribers.erasure import traces
from subscribers.errors import UnknownSubscriber
from subscribers.model import ConsentEvent, Pass, Person, Subscription, Suppression


@dataclass(frozen=True, slots=True)
class Holdings:
    """`reports` came back about their copies, `letters` are what they wrote to the return path;
    `passes` were made out for them. `mails` are those that they waited for, None where nobody
    looked."""

    person: Person
    copies: tuple[PersonalCopy, ...]
    reports: tuple[PersonalReport, ...]
    letters: tuple[PersonalLetter, ...]
    passes: tuple[Pass, ...]
    mails: tuple[PersonalMail, ...] | None = None


def of(app: Records, address_text: str) -> Holdings:
    """What is quickly found, also of who is nobody's subscriber and must not be mailed. Raises
    BadAddress, UnknownSubscriber."""
    address = parse(address_text)
    return _quick(app, address, _names(app, address))


def _quick(app: Records, address: Address, names: frozenset[str]) -> Holdings:
    person = _person(app, address)
    with app.database.read() as c:
        return Holdings(
            person,
            readers.copies_of(c, person.id),
            readers.reports_of(c, names),
            readers.letters_of(c, names),
            passes.of_person(c, person.id),
        )


def whole(app: Records, address_text: str) -> Holdings:
    """All of it. Raises BadAddress, UnknownSubscriber."""
    address = parse(address_text)
    names = _names(app, address)
    held = _quick(app, address, names)
    with app.database.read() as c:
        return dataclasses.replace(held, mails=readers.mails_of(c, names))


def _person(app: Records, address: Address) -> Person:
    try:
        return app.store.show(address.email)
    except UnknownSubscriber:
        with app.database.read() as c:
            found = people.stranger(c, address)
        if found is None:
            raise
        return found


def _names(app: Records, address: Address) -> frozenset[str]:
    """All that they are, or were, known by, in lower case."""
    with app.database.read() as c:
        (known,) = traces(c, [address])
    return frozenset(spelling.lower() for spelling in known.spellings)


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
        "links": list(map(_link, held.passes)),
        **({} if held.mails is None else {"mails": list(map(dataclasses.asdict, held.mails))}),
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
    tries = list(map(dataclasses.asdict, c.attempts))
    return {**which, "state": c.state.value, "at": c.at, "reply": c.reply, "attempts": tries}


def _link(p: Pass) -> dict[str, Any]:
    """What it is for, and what its form said; not the link itself, by which anybody could act."""
    times = {"at": p.at, "expires_at": p.expires_at, "used_at": p.used_at}
    return {"kind": p.kind.value, **times, "text": p.evidence, "attributes": dict(p.attributes)}


def _report(r: PersonalReport) -> dict[str, Any]:
    said = {"status": r.status, "text": r.text}
    return {"at": r.at, "class": r.kind.value, "effect": r.effect, **said}
