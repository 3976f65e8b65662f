"""`mailer subscriber suppress`, `unsuppress`: who must not be mailed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from mailer.cli.output import Json, answer, say
from mailer.model.command import command

Subject = Annotated[
    str, typer.Argument(metavar="ADDR|@DOMAIN", help="An address, or all of a domain.")
]
OneList = Annotated[
    str, typer.Option("--list", "-l", metavar="NAME", help="For this list alone; default: all.")
]


class Cause(StrEnum):
    MANUAL = "manual"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


def suppress(
    context: typer.Context,
    subject: Subject,
    list_name: OneList = "",
    cause: Annotated[
        Cause, typer.Option("--because", help="What it comes from; only some are lifted lightly.")
    ] = Cause.MANUAL,
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="Where you know it from, for yourself.")
    ] = "",
    json: Json = False,
) -> None:
    """Never mail an address, or a domain, whatever lists and imports say."""
    from mailer.records import open_records
    from subscribers.model import SuppressionReason

    publication = open_records(context.obj)
    reason = SuppressionReason(cause.value)
    source = note or f"{publication.actor}, by hand"
    new = publication.store.suppress(subject, list_name or None, reason, source, publication.now())
    where = f"list {list_name}" if list_name else "all lists"
    document = {"subject": subject, "list": list_name or None, "reason": cause.value, "new": new}
    answer(json, document, f"{subject}: {'' if new else 'already '}suppressed for {where}")
    only = ("--list", list_name) if list_name else ()
    why = ("--reason", "TEXT") if cause is Cause.COMPLAINED else ()
    lift = command("subscriber", "unsuppress", subject, *why, *only)
    say(f"next: {lift} lifts it")


def unsuppress(
    context: typer.Context,
    subject: Subject,
    list_name: OneList = "",
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why they may be mailed; a complaint needs one.")
    ] = "",
    json: Json = False,
) -> None:
    """Lift a suppression. It brings nobody back who unsubscribed."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    lifted = publication.store.unsuppress(
        subject, list_name or None, publication.now(), reason.strip()
    )
    where = f"list {list_name}" if list_name else "all lists"
    document = {"subject": subject, "list": list_name or None, "lifted": lifted}
    if lifted is None:
        tells = command("subscriber", "show", "ADDR")
        answer(json, document, f"{subject}: not suppressed for {where}: {tells} tells for which")
        raise typer.Exit(1)
    answer(json, document, f"{subject}: no longer suppressed for {where} (was: {lifted.value})")
    of_many = subject.strip().startswith("@")
    then = ("list", "all") if of_many else ("subscriber", "show", subject)
    say(f"next: {command(*then)}")
