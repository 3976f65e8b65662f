"""`mailer subscriber show` and `edit`: one person."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.output import Json, emit, say, show

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
    from mailer.app import open_app
    from mailer.desk import holdings, story

    publication = open_app(context.obj)
    held = holdings.of(publication, address)
    if json:
        emit(holdings.document(held))
    else:
        for line in story.lines(held, publication.timezone):
            show(line)
    email = held.person.email
    say(f"next: `mailer subscriber unsubscribe {email}` ends all their subscriptions")


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
