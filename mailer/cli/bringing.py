"""`mailer issue import`: an issue file out of what lies elsewhere."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, say, show
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.importing import Imported


def import_(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A page, text, mail, feed or export: a file, or its address."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The issue file to write.")],
    lang: Annotated[str, typer.Option(help="Its language; told from the text by default.")] = "",
    post: Annotated[
        str, typer.Option(metavar="WHICH", help="Of several: its number, or words of its title.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False,
    json: Json = False,
) -> None:
    """Make an issue file of a page, a text copied from one, a mail, a feed's entry, or a post in an
    export of Mailchimp, Substack, Ghost or Buttondown. Nothing is lost: what does not belong to the
    issue is listed.

    docs/importing.md tells how headings, sections and link lines are told.
    """
    from mailer.desk import importing
    from mailer.premises import open_premises

    publication = open_premises(context.obj)
    wish = importing.Wish(lang, post, force)
    done = importing.bring_in(publication, publication.guest, source, out, wish)
    if json:
        emit({**dataclasses.asdict(done), "missing": _missing(done)})
    else:
        _show(done)
    say(f"next: {command('issue', 'check', out)}")


def _show(done: Imported) -> None:
    show(f"{done.file}: {done.outline}")
    if done.pictures:
        show(f"{number(len(done.pictures), 'picture')} in {done.pictures[0].parent}")
    for picture in _missing(done):
        say(f"not had: {picture['source'][:100]} {picture['reason']}")
    for text in done.left_out:
        show(f"left out: {' '.join(text.split())}")
    for remark in done.remarks:
        say(f"look at: {remark}")


def _missing(done: Imported) -> list[dict[str, str]]:
    return [{"source": source, "reason": reason} for source, reason in done.missing.items()]
