"""`mailer subscriber`: the people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli import erasing, exporting, person, suppressing
from mailer.cli.output import Json, emit, number, say, show

if TYPE_CHECKING:
    from subscribers.model import ImportReport

app = typer.Typer(no_args_is_help=True, help="Subscribers: add, import, show, edit, unsubscribe.")
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
        str, typer.Option(metavar="EVIDENCE", help="Where the consent comes from.")
    ] = "",
) -> None:
    """Add one person: confirmed only with evidence of the consent, else pending and silent."""
    from mailer.app import open_app
    from subscribers.model import Added, Consent, SubscriptionStatus

    publication = open_app(context.obj)
    consent = Consent("added by the editor", confirmed) if confirmed else None
    status = SubscriptionStatus.CONFIRMED if confirmed else SubscriptionStatus.PENDING
    target = list_name or publication.config.publication.list
    change = publication.store.add(
        address, target, person.attributes_of(attribute), consent, status, publication.now()
    )
    show(f"{address}: {change.added.value}" + (f": {change.reason}" if change.reason else ""))
    say(f"next: `mailer subscriber show {address}`")
    if change.added is Added.KEPT:
        raise typer.Exit(1)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header.")],
    list_name: ListName = "",
    confirmed: Annotated[
        str | None,
        typer.Option(metavar="EVIDENCE", help="Where the consent of all of them comes from."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    json: Json = False,
) -> None:
    """Bring people onto a list. It mails nobody, and nobody who left comes back."""
    from mailer.app import open_app
    from subscribers.importing.csv import import_csv

    publication = open_app(context.obj)
    target = list_name or publication.config.publication.list
    report = import_csv(publication.store, file, target, confirmed, publication.now(), dry_run)
    if json:
        emit(_import_document(report))
    else:
        _print_import(report, file, dry_run)
    if report.errors:
        say(f"next: mend {number(len(report.errors), 'row')} and import the file again")
        raise typer.Exit(1)
    say(f"next: `mailer list show {target}`")


def _import_document(report: ImportReport) -> dict[str, Any]:
    names = ("read", "added", "updated", "unchanged", "skipped")
    errors = [{"row": error.row, "message": error.message} for error in report.errors]
    return {**{name: getattr(report, name) for name in names}, "errors": errors}


def _print_import(report: ImportReport, file: Path, dry_run: bool) -> None:
    for error in report.errors:
        say(f"{file}: row {error.row}: {error.message}")
    counts = ", ".join(
        f"{getattr(report, name):,} {name}" for name in ("added", "updated", "unchanged", "skipped")
    )
    tense = "would be " if dry_run else ""
    show(f"{number(report.read, 'row')} read: {tense}{counts}, {len(report.errors):,} with errors")


app.command("suppress")(suppressing.suppress)
app.command("unsuppress")(suppressing.unsuppress)
app.command("export")(exporting.export)
app.command("erase")(erasing.erase)
app.command("show")(person.show_)
app.command("edit")(person.edit)


@app.command()
def unsubscribe(context: typer.Context, address: person.Address, list_name: ListName = "") -> None:
    """End one subscription (--list), or all of a person's."""
    from mailer.app import open_app

    publication = open_app(context.obj)
    ended = publication.store.unsubscribe(
        address, list_name or None, "by the editor", publication.now()
    )
    show(f"{address}: {number(ended, 'subscription')} ended")
    say(f"next: `mailer subscriber show {address}`")
