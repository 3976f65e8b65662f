"""`mailer issue`: the issue files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import approval, archive, bringing, linkage, review
from mailer.cli.output import File, Json, answer, emit, say, show, table
from mailer.cli.progress import asking
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.composition import Composition
    from mailer.premises import Premises

app = typer.Typer(
    no_args_is_help=True,
    help="Issue files: make, import, list, check, render, approve, publish, correct, links.",
)


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The issue's id and file name, such as 2021-01.")],
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    from_inbox: Annotated[
        bool, typer.Option("--from-inbox", help="With what was collected: see `mailer item`.")
    ] = False,
    items: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="NAME", help="Only this item of the inbox; repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Lay out an issue file in issues/."""
    from mailer.desk import issue_file
    from mailer.premises import open_premises

    publication = open_premises(context.obj)
    title = title or f"{publication.config.publication.name} {name}"
    if from_inbox or items:
        path = _from_inbox(publication, name, title, items or [])
    else:
        path = issue_file.new(publication, name, title)
    answer(json, {"file": path}, str(path))
    file = path.relative_to(publication.folder)
    say(f"next: write it, then {command('issue', 'check', file)}")


def _from_inbox(publication: Premises, name: str, title: str, items: list[str]) -> Path:
    from mailer.desk import laying_out
    from mailer.records import Records

    found = laying_out.new_issue(Records(publication.config), name, title, items, say)
    left = f"; {number(found.left, 'item stays', 'items stay')} in the inbox" if found.left else ""
    say(f"{number(len(found.taken), 'item')} laid out{left}")
    return found.path


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The issue files of the publication."""
    from mailer.desk import approving, issues
    from mailer.errors import DatabaseError
    from mailer.records import open_records

    publication = open_records(context.obj)
    found = issues.listed(publication)
    try:
        words = approving.in_force(publication)
    except DatabaseError as error:  # the files are there all the same, in a copy of the folder
        say(f"who approved what cannot be told: {error}")
        words = {}
    approved = [words.get((entry.id, entry.lang)) for entry in found]
    if json:
        emit(
            [
                {**dataclasses.asdict(entry), "approved": word and approval.document(word)}
                for entry, word in zip(found, approved, strict=True)
            ]
        )
        return
    rows = [
        (f.id, f.date, f.title, approval.phrase(publication, word) if word else "", f.file)
        for f, word in zip(found, approved, strict=True)
    ]
    table(("id", "date", "title", "approved", "file"), rows)
    then = ("check", "FILE") if found else ("new", "2021-01")
    say(f"next: {command('issue', *then)}")


@app.command()
def check(
    context: typer.Context,
    file: File,
    links: Annotated[bool, typer.Option("--links", help="Ask each link over the network.")] = False,
    json: Json = False,
) -> None:
    """Say what would stop a send (errors), and what a reader may stumble over (warnings).

    docs/checks.md tells of each rule why it is, how to mend what it finds, and how to allow it.
    """
    from mailer.desk.composing import compose_file
    from mailer.desk.links import LinkAsker
    from mailer.desk.past.memory import remember_move
    from mailer.records import open_records

    publication = open_records(context.obj)
    remember = partial(remember_move, publication)
    asker = LinkAsker(publication.fetcher, asking, remember=remember) if links else None
    composition = compose_file(publication, file, asker=asker)
    if json:
        emit(findings_document(composition))
    else:
        for line in finding_lines(composition):
            show(line)
        _show_sizes(composition)
    if any(finding.severity == "error" for finding in composition.findings):
        say("next: mend the errors and check again")
        raise typer.Exit(1)
    say(f"next: {command('send', file, '--test', 'YOUR@ADDRESS')}")


def _show_sizes(composition: Composition) -> None:
    """Which item takes what, where the whole is near Gmail's limit or over it."""
    from mailer.desk.composing import shares_of

    if any(finding.rule.startswith("html-size") for finding in composition.findings):
        rows = [(f"{s.size:,}", s.headed.line, s.headed.title) for s in shares_of(composition)]
        table(("bytes", "line", "item"), rows)


def findings_document(composition: Composition) -> list[dict[str, str]]:
    return [
        {
            "severity": finding.severity.value,
            "rule": finding.rule,
            "where": str(finding.where),
            "message": finding.message,
            "mend": finding.mend,
        }
        for finding in composition.findings
    ]


def finding_lines(composition: Composition) -> Iterator[str]:
    """The outline, then each finding as `file:line: severity: message: mend (rule)`."""
    if composition.issue is not None:
        yield composition.issue.outline()
    for finding in composition.findings:
        yield str(finding)
    errors = sum(finding.severity == "error" for finding in composition.findings)
    warnings, allowed = len(composition.findings) - errors, len(composition.allowed)
    counts = f"{number(errors, 'error')}, {number(warnings, 'warning')}"
    yield f"{counts}, {allowed:,} allowed" if allowed else counts


@app.command()
def render(
    context: typer.Context,
    file: File,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")],
    json: Json = False,
) -> None:
    """Write the edition as DIR/<slug>.html, .txt and .eml, with its pictures beside them."""
    from mailer.app import open_app
    from mailer.desk import rendering
    from mailer.desk.composing import compose_file

    publication = open_app(context.obj)
    composition = compose_file(publication, file, lambda p: rendering.picture_beside(p.name))
    written = rendering.render(publication, composition, out, file.stem)
    answer(json, {"files": written}, *map(str, written))
    say(f"next: open {out / file.stem}.html in a browser")


app.command("import")(bringing.import_)
app.command("links")(linkage.links)
app.command("diff")(approval.diff)
app.command("review")(review.review)
app.command("approve")(approval.approve)
app.command("publish")(archive.publish)
app.command("correct")(archive.correct)
