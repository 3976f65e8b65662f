"""`mailer subscriber show` and `edit`: one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, show
from mailer.model.command import command

if TYPE_CHECKING:
    from subscribers.model import Person, Suppression

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
    """The story of one person: lists, consents, changes, suppressions, copies, what came back."""
    from mailer.desk import holdings, story
    from mailer.records import open_records

    publication = open_records(context.obj)
    held = holdings.of(publication, address)
    if json:
        emit(holdings.document(held))
    else:
        for line in story.lines(held, publication.timezone):
            show(line)
    say(f"next: {_next(held.person)}")


def _next(person: Person) -> str:
    """What fits who is mailed, who is on a list and is not, and who has left."""
    from subscribers.model import SubscriptionStatus, SuppressionReason

    if all(each.status is SubscriptionStatus.UNSUBSCRIBED for each in person.subscriptions):
        erase = command("subscriber", "erase", person.email)
        for found in person.suppressions:
            if found.reason in (SuppressionReason.MANUAL, SuppressionReason.COMPLAINED):
                lift = _lift(person.email, found)
                return f"{lift} lets them sign up again themselves; {erase} forgets them"
        return f"nothing: only they themselves come back; {erase} forgets them"
    if person.suppressions:
        return f"{_lift(person.email, person.suppressions[-1])} lifts the suppression"
    leave = command("subscriber", "unsubscribe", person.email)
    return f"{leave} ends all their subscriptions"


def _lift(email: str, found: Suppression) -> str:
    from subscribers.model import SuppressionReason

    subject = f"@{found.domain}" if found.domain else email
    only = ("--list", found.list) if found.list else ()
    why = ("--reason", "TEXT") if found.reason is SuppressionReason.COMPLAINED else ()
    return command("subscriber", "unsuppress", subject, *only, *why)


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
    json: Json = False,
) -> None:
    """Change what is known of one person; consents and subscriptions stay. An empty value takes
    an attribute or the language away."""
    from mailer.records import open_records
    from subscribers.address import parse
    from subscribers.editing import Edit

    publication = open_records(context.obj)
    wanted = Edit(
        parse(new_address) if new_address else None,
        language,
        attributes_of(attribute),
        frozenset(tag or ()),
        frozenset(untag or ()),
    )
    by = f"by {publication.actor}"
    changed = publication.store.edit(address, wanted, by, publication.now())
    email = new_address or address
    document = {
        "email": email,
        "changes": [
            {"field": field, "before": before, "after": after}
            for field, (before, after) in changed.items()
        ],
    }
    lines = [f"{field}: {after or 'nothing'}" for field, (_, after) in changed.items()]
    answer(json, document, *(lines or [f"{address}: nothing to change"]))
    say(f"next: {command('subscriber', 'show', email)}")
