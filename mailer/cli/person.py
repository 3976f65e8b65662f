"""`mailer subscriber show` and `edit`: one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.output import Json, emit, moment, say, show

if TYPE_CHECKING:
    from mailer.desk.story import Mail
    from subscribers.model import Person

Address = Annotated[str, typer.Argument(metavar="ADDR", help="An e-mail address.")]
Attributes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An attribute, such as first_name=Ann."),
]


def attributes_of(pairs: list[str] | None) -> dict[str, str]:
    """What `--set` gives; raises typer.BadParameter."""
    attributes = {}
    for pair in pairs or []:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair!r} has no `=`: write NAME=VALUE", param_hint="--set")
        attributes[name] = value.strip()
    return attributes


def show_(context: typer.Context, address: Address, json: Json = False) -> None:
    """The story of one person: lists, consents, changes, suppressions, copies."""
    from mailer.app import open_app
    from mailer.desk import story

    publication = open_app(context.obj)
    person = publication.store.show(address)
    mail = story.mail_of(publication, person)
    if json:
        emit(_document(person, mail))
    else:
        _print(person)
        for told in story.story(person, mail):
            show(f"  {moment(told.at, publication.timezone)}  {told.what}")
    say(f"next: `mailer subscriber unsubscribe {person.email}` ends all their subscriptions")


def _print(person: Person) -> None:
    show(person.email)
    if person.language:
        show(f"  language: {person.language}")
    if person.tags:
        show(f"  tags: {', '.join(person.tags)}")
    for name, value in sorted(person.attributes.items()):
        show(f"  {name}: {value}")
    for subscription in person.subscriptions:
        show(f"  list {subscription.list}: {subscription.status.value}")


def _document(person: Person, mail: Mail) -> dict[str, Any]:
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
            for c in mail.copies
        ],
        "reports": [
            {"at": r.at, "class": r.kind.value, "effect": r.effect, "text": r.text}
            for r in mail.returned
        ],
    }


def edit(
    context: typer.Context,
    address: Address,
    attribute: Attributes = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Give this tag.")] = None,
    untag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Take this tag.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="What they would rather read: de, pt-br …")
    ] = None,
    new_address: Annotated[
        str, typer.Option("--address", metavar="ADDR", help="Their new address.")
    ] = "",
) -> None:
    """Change what is known of one person; consents and subscriptions stay. An empty value takes
    an attribute or the language away."""
    from mailer.app import open_app
    from subscribers.address import parse
    from subscribers.editing import Edit

    publication = open_app(context.obj)
    wanted = Edit(
        parse(new_address) if new_address else None,
        language,
        attributes_of(attribute),
        frozenset(tag or ()),
        frozenset(untag or ()),
    )
    by = f"by {publication.actor}"
    changed = publication.store.edit(address, wanted, by, publication.now())
    for field, (_, after) in changed.items():
        show(f"{field}: {after or 'nothing'}")
    if not changed:
        show(f"{address}: nothing to change")
    say(f"next: `mailer subscriber show {new_address or address}`")
