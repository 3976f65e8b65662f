"""`mailer issue links`: the links of all issues together."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.output import Json, emit, say, show, table
from mailer.cli.progress import asking
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.linkage import Asked, Linkage, Use

_MOST_SITES = 20  # in a table; --json has all


class Wanted(StrEnum):
    """What an item may lack."""

    SOURCE = "source"
    PAPER = "paper"


def links(
    context: typer.Context,
    lacking: Annotated[
        Wanted | None, typer.Option(help="List the items whose link line has none of these.")
    ] = None,
    dead: Annotated[
        bool, typer.Option("--dead", help="Ask each link over the network, and list the dead.")
    ] = False,
    json: Json = False,
) -> None:
    """The links of all issues: roles, sites, what items lack, what readers follow, what is dead."""
    from mailer.desk import linkage
    from mailer.records import open_records

    publication = open_records(context.obj)
    found = linkage.linkage(publication)
    asked = linkage.dead_links(publication, found, asking) if dead else None
    if json:
        emit(_document(found, asked))
    elif lacking is not None:
        items = found.lacking(lacking.value)
        table(("where", "issue", "item"), ((i.where(i.line), i.issue, i.title) for i in items))
    else:
        _show(found)
    if asked is None:
        say(f"next: {command('issue', 'links', '--dead')}, or `--lacking source`")
        return
    _tell(asked, quiet=json)
    if asked.dead:
        mended = command("issue", "correct", "FILE", "--note", "TEXT")
        say(f"next: mend what is dead, then {mended}")
        raise typer.Exit(1)
    say(f"next: {command('issue', 'links', '--lacking', 'source')}")


def _show(found: Linkage) -> None:
    from mailer.desk.linkage import WANTED

    lacks = [f"{len(found.lacking(role)):,} lack {role.value}" for role in WANTED]
    counts = (number(found.issues, "issue"), number(len(found.items), "item"))
    show(", ".join((*counts, number(found.links, "link"), *lacks)))
    table(("role", "links", "followed"), map(_row, found.roles))
    table(("site", "links", "followed"), map(_row, found.sites[:_MOST_SITES]))


def _row(use: Use) -> tuple[object, ...]:
    return (use.name, f"{use.links:,}", "" if use.followed is None else f"{use.followed:,}")


def _tell(asked: Asked, quiet: bool) -> None:
    if not quiet:
        rows = ((d.where, d.item, d.status, d.url) for d in asked.dead)
        table(("where", "item", "answer", "dead link"), rows)
    left = f", {len(asked.unanswered):,} gave no answer" if asked.unanswered else ""
    say(f"{number(asked.asked, 'address', 'addresses')}, {len(asked.dead):,} dead{left}")


def _document(found: Linkage, asked: Asked | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "issues": found.issues,
        "items": len(found.items),
        "links": found.links,
        "roles": [_use("role", use) for use in found.roles],
        "sites": [_use("site", use) for use in found.sites],
        "lacking": [
            {"where": i.where(i.line), "issue": i.issue, "item": i.title, "lacks": list(i.lacks)}
            for i in found.items
            if i.lacks
        ],
    }
    if asked is not None:
        document["dead"] = [dataclasses.asdict(dead) for dead in asked.dead]
        document["unanswered"] = dict(asked.unanswered)
    return document


def _use(kind: str, use: Use) -> dict[str, object]:
    return {kind: use.name, "links": use.links, "followed": use.followed}
