"""`mailer subscriber`: the people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.output import Json, emit, number, say, show

if TYPE_CHECKING:
    from subscribers.model import ImportReport, Person

app = typer.Typer(no_args_is_help=True, help="Subscribers: add, import, show, unsubscribe.")
Address = Annotated[str, typer.Argument(metavar="ADDR", help="An e-mail address.")]
ListName = Annotated[
    str, typer.Option("--list", "-l", metavar="NAME", help="Default: the publication's list.")
]


@app.command()
def add(
    context: typer.Context,
    address: Address,
    list_name: ListName = "",
    attribute: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An attribute, such as first_name=Ann."),
    ] = None,
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
        address, target, _attributes(attribute or []), consent, status, publication.now()
    )
    show(f"{address}: {change.added.value}" + (f": {change.reason}" if change.reason else ""))
    say(f"next: `mailer subscriber show {address}`")
    if change.added is Added.KEPT:
        raise typer.Exit(1)


def _attributes(pairs: list[str]) -> dict[str, str]:
    attributes = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair!r} has no `=`: write NAME=VALUE", param_hint="--set")
        attributes[name] = value.strip()
    return attributes


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


@app.command("show")
def show_(context: typer.Context, address: Address, json: Json = False) -> None:
    """All that the store knows of one person: lists, consents, suppressions."""
    from mailer.app import open_app

    person = open_app(context.obj).store.show(address)
    if json:
        emit(_person_document(person))
    else:
        _print_person(person)
    say(f"next: `mailer subscriber unsubscribe {person.email}` ends all their subscriptions")


def _person_document(person: Person) -> dict[str, Any]:
    return {
        "email": person.email,
        "attributes": dict(person.attributes),
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
            {"list": s.list, "reason": s.reason.value, "source": s.source, "at": s.created_at}
            for s in person.suppressions
        ],
        "consents": [
            {"list": c.list, "at": c.at, "event": c.event.value, "how": c.how, "text": c.evidence}
            for c in person.consents
        ],
    }


def _print_person(person: Person) -> None:
    show(person.email)
    for name, value in sorted(person.attributes.items()):
        show(f"  {name}: {value}")
    for subscription in person.subscriptions:
        show(f"  list {subscription.list}: {subscription.status.value}")
    for suppression in person.suppressions:
        where = suppression.list or "all lists"
        show(f"  suppressed for {where}: {suppression.reason.value} ({suppression.source})")
    for consent in person.consents:
        told = f"{consent.how}, {consent.evidence}" if consent.evidence else consent.how
        show(f"  {consent.at:%Y-%m-%d %H:%M} UTC {consent.list}: {consent.event.value}: {told}")


@app.command()
def unsubscribe(context: typer.Context, address: Address, list_name: ListName = "") -> None:
    """End one subscription (--list), or all of a person's."""
    from mailer.app import open_app

    publication = open_app(context.obj)
    ended = publication.store.unsubscribe(
        address, list_name or None, "by the editor", publication.now()
    )
    show(f"{address}: {number(ended, 'subscription')} ended")
    say(f"next: `mailer subscriber show {address}`")
