"""`mailer item`: the month's inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.output import Json, answer, emit, say, show, table
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.inbox import Added
    from mailer.intake.inbox.folder import Kept

app = typer.Typer(no_args_is_help=True, help="The month's inbox: add, list, drop, propose.")


@app.command()
def add(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Pages worth an item.")],
    note: Annotated[str, typer.Option(help="Your own words; they become the item's text.")] = "",
    section: Annotated[str, typer.Option(help="The section of the issue that it is for.")] = "",
    title: Annotated[str, typer.Option(help="Its title; the page is not read then.")] = "",
    json: Json = False,
) -> None:
    """Keep a page for the next issue, with its title, its picture, and its links to paper, code and
    demo."""
    from mailer.desk import inbox
    from mailer.premises import open_premises

    if title and len(urls) > 1:
        raise typer.BadParameter("is that of one page: name one URL", param_hint="--title")
    publication = open_premises(context.obj)
    words = inbox.Words(title.strip(), note.strip(), section.strip())
    found = []
    for url in urls:
        found.append(inbox.add(publication, url, words))
        _tell(found[-1], quiet=json)
    if json:
        emit([_document(each.path.stem, each.item) | {"new": each.is_new} for each in found])
    say(f"next: {command('item', 'list')}, or {_lay_out()}")


def _tell(added: Added, quiet: bool) -> None:
    if not quiet:
        show(str(added.path))
    if not added.is_new:
        say(f"{added.item.url} is in the inbox already")
    for ran in added.ran:
        say(f"{added.item.url} ran {ran}")


@app.command("list")
def list_(
    context: typer.Context,
    proposed: Annotated[
        bool, typer.Option("--proposed", help="What the feeds propose instead.")
    ] = False,
    json: Json = False,
) -> None:
    """What waits for the next issue, and what was laid out for one."""
    from mailer.desk import inbox
    from mailer.premises import open_premises

    publication = open_premises(context.obj)
    shelf = inbox.proposed_to(publication) if proposed else inbox.inbox_of(publication)
    faults: list[str] = []
    found = shelf.items(faults.append)
    if json:
        emit([_document(kept.name, kept.item) for kept in found])
    else:
        table(("name", "added", "section", "title", "links", "state"), map(_row, found))
    for fault in faults:
        say(fault)
    say(f"next: {_next(bool(found), proposed)}")
    if faults:
        raise typer.Exit(1)


def _next(is_any: bool, proposed: bool) -> str:
    add = command("item", "add", "URL")
    if proposed:
        return f"{add} takes one" if is_any else command("item", "propose")
    return _lay_out() if is_any else add


def _lay_out() -> str:
    return command("issue", "new", "NAME", "--from-inbox")


def _row(kept: Kept) -> tuple[object, ...]:
    item = kept.item
    state = f"in {item.issue}" if item.issue else "waits"
    return (kept.name, item.added, item.section, item.title, " ".join(item.links), state)


def _document(name: str, item: Any) -> dict[str, object]:
    return {
        "name": name,
        "url": item.url,
        "title": item.title,
        "section": item.section,
        "site": item.site,
        "description": item.description,
        "picture": item.picture,
        "links": dict(item.links),
        "note": item.note,
        "added": item.added,
        "issue": item.issue or None,
    }


@app.command()
def propose(context: typer.Context, json: Json = False) -> None:
    """Look into the feeds of mailer.toml, and keep what is new as proposals."""
    from mailer.desk import inbox, proposing
    from mailer.premises import open_premises

    publication = open_premises(context.obj)
    faults: list[str] = []
    found = proposing.propose(publication, faults.append)
    if json:
        proposals = inbox.proposed_to(publication).items(faults.append)
        emit([_document(kept.name, kept.item) for kept in proposals if kept.path in found])
    else:
        show(f"{number(len(found), 'proposal')}, new")
    for fault in faults:
        say(fault)
    say(f"next: {command('item', 'list', '--proposed')}")
    if faults:
        raise typer.Exit(1)


@app.command()
def drop(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="As `item list` has it; proposals too.")
    ],
    json: Json = False,
) -> None:
    """Throw items or proposals away."""
    from mailer.desk import inbox
    from mailer.premises import open_premises

    publication = open_premises(context.obj)
    for name in names:
        inbox.drop(publication, name)
    answer(json, {"dropped": names}, f"{number(len(names), 'item')} dropped")
    say(f"next: {command('item', 'list')}")
