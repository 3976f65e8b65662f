"""`mailer bounce`: what came back, and what follows from it."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, show, table
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    import datetime as dt

    from mailer.app import App
    from mailer.desk.collecting import Todo
    from mailer.desk.returns import Taken

app = typer.Typer(no_args_is_help=True, help="Bounces: process, fetch, todo, agree, settle.")
_STDIN = "-"


@app.command()
def process(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="Messages, mboxes, Maildirs; `-` is a message on stdin."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    to: Annotated[
        str, typer.Option(metavar="ADDR", help="The address that stdin was delivered to.")
    ] = "",
    json: Json = False,
) -> None:
    """Read messages that came back: suppress dead addresses, count soft bounces, unsubscribe who
    complains, hand on what people wrote. The same message twice changes nothing."""
    from mailer.app import open_app
    from mailer.desk import collecting

    news = open_app(context.obj)
    taken: list[tuple[str, list[Taken]]] = []
    for path in paths:
        if path == _STDIN:
            found = collecting.from_pipe(news, sys.stdin.buffer.read(), to, dry_run)
            taken.append((_STDIN, found))
        else:
            taken += collecting.from_files(news, Path(path), dry_run)
    _report(taken, json)
    if not dry_run:
        _hand_on(news)
    say(f"next: {command('bounce', 'todo')} tells what waits for you")


@app.command()
def fetch(context: typer.Context, json: Json = False) -> None:
    """Read what is new in the mailbox of `bounces.imap`, and do as `process` does."""
    from mailer.app import open_app
    from mailer.desk import collecting

    news = open_app(context.obj)
    taken = collecting.from_mailbox(news)
    _report([(f"message {n}", reports) for n, reports in enumerate(taken, start=1)], json)
    _hand_on(news)
    say(f"next: {command('bounce', 'todo')} tells what waits for you")


@app.command()
def todo(context: typer.Context, json: Json = False) -> None:
    """What waits for you: dispatches of which so much came back that nobody was suppressed, who
    wants to be removed, and reports that nothing proves."""
    from mailer.app import open_app
    from mailer.desk import collecting

    news = open_app(context.obj)
    found = collecting.todo(news)
    if json:
        emit(_todo_document(found))
    else:
        table(("id", "when", "who", "what"), _todo_rows(found, news.timezone))
    settle = command("bounce", "settle", "ID")
    if found.held:
        agree = command("bounce", "agree", "ID")
        say(f"next: {agree} suppresses them, {settle} nobody")
    leave = command("subscriber", "unsubscribe", "ADDR")
    say(f"next: {leave} or `suppress`, then {settle}")


@app.command()
def agree(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="ID", help="As `bounce todo` lists it: dispatch-7.")
    ],
    json: Json = False,
) -> None:
    """Suppress the readers of a dispatch whose addresses came back as dead, many as they are: you
    have looked at what was said of them."""
    from mailer.app import open_app
    from mailer.desk import collecting

    count = collecting.agree(open_app(context.obj), name)
    line = f"{name}: {number(count, 'address', 'addresses')} suppressed"
    answer(json, {"id": name, "suppressed": count}, line)
    say(f"next: {command('bounce', 'todo')}")


@app.command()
def settle(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="As `bounce todo` lists it: wish-3.")],
    json: Json = False,
) -> None:
    """Take something off the list of what is to be done: you have seen to it."""
    from mailer.app import open_app
    from mailer.desk import collecting

    collecting.settle(open_app(context.obj), name)
    answer(json, {"id": name, "settled": True}, f"{name}: settled")
    say(f"next: {command('bounce', 'todo')}")


def _todo_document(found: Todo) -> dict[str, object]:
    return {
        "held": [{"id": f"dispatch-{h.dispatch_id}", **dataclasses.asdict(h)} for h in found.held],
        "wishes": [
            {"id": f"wish-{w.id}", "at": w.at, "sender": w.sender, "subject": w.subject}
            for w in found.wishes
        ],
        "reports": [
            {"id": f"report-{r.id}", "at": r.at, "address": r.email_key, "class": r.kind}
            for r in found.reports
        ],
    }


def _todo_rows(found: Todo, zone: dt.tzinfo) -> Iterator[tuple[str, ...]]:
    def day(at: dt.datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d}"

    for h in found.held:
        many = f"{h.copies:,} of {number(h.total, 'reader')}"
        yield f"dispatch-{h.dispatch_id}", day(h.at), many, f"held: {h.text}"
    for w in found.wishes:
        yield f"wish-{w.id}", day(w.at), w.sender, w.subject
    for r in found.reports:
        yield f"report-{r.id}", day(r.at), r.email_key, r.kind


def _hand_on(news: App) -> None:
    from mailer.desk import handing_on

    for trouble in handing_on.hand_on(news):
        say(f"mailer: {trouble}")


def _report(taken: list[tuple[str, list[Taken]]], json: bool) -> None:
    if json:
        emit(
            [{"file": name, "reports": [_document(each) for each in all_]} for name, all_ in taken]
        )
    else:
        for name, all_ in taken:
            for each in all_:
                show(_line(name, each))
    every = [each for _, all_ in taken for each in all_]
    say(f"{number(len(taken), 'message')}: {_summary(every)}")


def _document(taken: Taken) -> dict[str, object]:
    report = taken.report
    return {
        "recipient": report.recipient,
        "class": report.kind.value,
        "suppress": taken.suppresses,
        "token": taken.token or None,
        "proof": taken.proof.value,
        "effect": taken.effect.value,
        "known": taken.known,
        "final": report.final,
        "status": report.status,
        "text": report.text,
    }


def _line(name: str, taken: Taken) -> str:
    report = taken.report
    who = report.recipient or taken.token or "nobody named"
    came_of_it = "known already" if taken.known else taken.effect.value
    said = f": {report.text}" if report.text else ""
    return f"{name}: {who}: {report.kind.value}, {came_of_it}{said}"


def _summary(taken: Iterable[Taken]) -> str:
    counts = Counter("known already" if t.known else t.effect.value for t in taken)
    return ", ".join(f"{count:,} {what}" for what, count in counts.most_common()) or "no report"
