"""`mailer dkim`: the keys that sign our mail."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, say, show, table
from mailer.model.command import command

if TYPE_CHECKING:
    from mailer.desk.signing import SigningKey

app = typer.Typer(no_args_is_help=True, help="Keys that sign our mail (DKIM): new, list.")


class Algorithm(StrEnum):
    RSA = "rsa"
    ED25519 = "ed25519"
    BOTH = "both"


@app.command()
def new(
    context: typer.Context,
    selector: Annotated[
        str, typer.Option(metavar="NAME", help="Its name in DNS; default: year and month.")
    ] = "",
    algorithm: Annotated[
        Algorithm, typer.Option(help="RSA is known everywhere; both together are best.")
    ] = Algorithm.BOTH,
    json: Json = False,
) -> None:
    """Make a key, into secrets.toml, and show the record that DNS must hold for it."""
    from mailer.app import open_app
    from mailer.desk import signing

    kinds = signing.KINDS if algorithm is Algorithm.BOTH else (algorithm.value,)
    publication = open_app(context.obj)
    made = signing.new(publication, selector, kinds)
    if json:
        emit([_row(key) for key in made])
    else:
        for key in made:
            show(str(key.record))
    _say_next(context, made)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every key with its record, and whether it signs."""
    from mailer.app import open_app
    from mailer.desk import signing

    keys = signing.listed(open_app(context.obj))
    if json:
        emit([_row(key) for key in keys])
    else:
        rows = [(key.selector, key.kind, "yes" if key.in_use else "no", key.record) for key in keys]
        table(("selector", "algorithm", "signs", "record"), rows)
    doctor, another = command("doctor"), command("dkim", "new")
    say(f"next: {doctor} compares them with DNS" if keys else f"next: {another}")


def _say_next(context: typer.Context, made: Sequence[SigningKey]) -> None:
    selectors = ", ".join(f'"{key.selector}"' for key in made)
    say(f"next: put each line into DNS; {command('doctor')} tells when it is there;")
    say(f"      then sign with it: selectors = [{selectors}] below [dkim] in mailer.toml")
    say(
        "      (a key that signed before may leave DNS and secrets.toml a week after its last mail)"
    )


def _row(key: SigningKey) -> dict[str, object]:
    record = {"name": key.record.name, "type": key.record.type, "value": key.record.value}
    return {
        "selector": key.selector,
        "algorithm": key.kind,
        "signs": key.in_use,
        "record": record,
    }
