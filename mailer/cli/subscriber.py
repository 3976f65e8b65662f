"""`mailer subscriber`: the people."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli import erasing, exporting, moving, person, suppressing
from mailer.cli.output import Json, answer, say
from mailer.model.command import command
from mailer.model.counted import number

app = typer.Typer(no_args_is_help=True, help="Subscribers: add, import, show, edit, unsubscribe.")
app.command("import")(moving.import_)
app.command("invite")(moving.invite)
ListName = Annotated[
    str, typer.Option("--list", "-l", metavar="NAME", help="Default: the publication's list.")
]


@app.command()
def add(
    context: typer.Context,
    address: person.Address,
    list_name: ListName = "",
    attribute: person.Attributes = None,
    confirmed: Annotated[
        str | None, typer.Option(metavar="EVIDENCE", help="Where the consent comes from.")
    ] = None,
    json: Json = False,
) -> None:
    """Add one person: confirmed only with evidence of the consent, else pending and silent."""
    from mailer.records import open_records
    from subscribers.attributes import check_evidence
    from subscribers.model import Added, Consent, SubscriptionStatus

    publication = open_records(context.obj)
    consent, status = None, SubscriptionStatus.PENDING
    if confirmed is not None:
        check_evidence(confirmed)
        consent = Consent("added by the editor", confirmed)
        status = SubscriptionStatus.CONFIRMED
    target = list_name or publication.config.publication.list
    change = publication.store.add(
        address, target, person.attributes_of(attribute), consent, status, publication.now()
    )
    became = {"email": address, "list": target, "became": change.added.value}
    why = f": {change.reason}" if change.reason else ""
    line = f"{address}: {change.added.value}{why}"
    answer(json, became | {"reason": change.reason or None}, line)
    say(f"next: {command('subscriber', 'show', address)}")
    if change.added is Added.KEPT:
        raise typer.Exit(1)


app.command("suppress")(suppressing.suppress)
app.command("unsuppress")(suppressing.unsuppress)
app.command("export")(exporting.export)
app.command("erase")(erasing.erase)
app.command("show")(person.show_)
app.command("edit")(person.edit)


@app.command()
def unsubscribe(
    context: typer.Context,
    address: person.Address,
    list_name: ListName = "",
    json: Json = False,
) -> None:
    """End one subscription (--list), or all of a person's."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    ended = publication.store.unsubscribe(
        address, list_name or None, "by the editor", publication.now()
    )
    document = {"email": address, "list": list_name or None, "ended": ended}
    answer(json, document, f"{address}: {number(ended, 'subscription')} ended")
    say(f"next: {command('subscriber', 'show', address)}")
