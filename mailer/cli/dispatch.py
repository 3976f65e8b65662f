"""`mailer dispatch`: what was sent, and what is still to be decided."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import approval, report
from mailer.cli.offering import ask_to_cancel
from mailer.cli.options import dispatch_id as id_of
from mailer.cli.output import (
    Json,
    answer,
    duration,
    emit,
    say,
    show,
    status_document,
    status_line,
    table,
)
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.model.delivery import DispatchStatus, Pace
    from mailer.records import Records

app = typer.Typer(
    no_args_is_help=True, help="Dispatches: list, status, log, copies, report, control, resolve."
)
Id = Annotated[
    int, typer.Argument(metavar="ID", parser=id_of, help="A dispatch, see `dispatch list`.")
]


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every dispatch, the latest first."""
    from mailer.desk import dispatches
    from mailer.records import open_records

    news = open_records(context.obj)
    found = dispatches.listed(news)
    if json:
        emit([status_document(entry) for entry in found])
        return
    for entry in found:
        show(status_line(entry, news.timezone))
    if not found:
        say("no dispatch yet")
    then = ("dispatch", "status", "ID") if found else ("send", "FILE")
    say(f"next: {command(*then)}")


@app.command("status")
def status_(
    context: typer.Context,
    dispatch_id: Annotated[
        int | None, typer.Argument(metavar="ID", parser=id_of, help="Default: the latest.")
    ] = None,
    json: Json = False,
) -> None:
    """How far a dispatch is, how fast it goes and, while it does, how long it will take."""
    from mailer.desk import approving, dispatches
    from mailer.records import open_records

    news = open_records(context.obj)
    found = dispatches.of(news, dispatch_id)
    words = approving.of_dispatch(news, found.id)
    pace, due = dispatches.pace(news, found), dispatches.next_due(news, found.id)
    if json:
        approved = approval.of_languages(words)
        emit(status_document(found) | _pace_document(pace, due) | approved)
    else:
        show("; ".join([status_line(found, news.timezone), *_pace_lines(pace, due)]))
        for lang, word in words.items():
            if word is not None:
                version = f"{lang}: " if len(words) > 1 else ""
                show(f"{version}approved by {approval.phrase(news, word)}")
    then = [command("dispatch", verb, found.id) for verb in ("copies", "log")]
    say(f"next: {', '.join(then)}")


def _pace_document(pace: Pace | None, due: dt.datetime | None) -> dict[str, object]:
    """Copies a second, seconds until each was tried once, when a deferred one is tried again."""
    return {
        "rate": None if pace is None else round(pace.rate, 1),
        "seconds_left": None if pace is None else pace.left.total_seconds(),
        "next_due": due,
    }


def _pace_lines(pace: Pace | None, due: dt.datetime | None) -> list[str]:
    lines = []
    if pace is not None:
        left = f", {duration(pace.left)} left" if pace.left else ""
        lines.append(f"{pace.rate:,.1f} copies a second{left}")
    if due is not None:
        lines.append(f"deferred copies are due from {due:%d %b %H:%M}")
    return lines


@app.command()
def log(
    context: typer.Context,
    dispatch_id: Annotated[
        int | None, typer.Argument(metavar="ID", parser=id_of, help="Default: all.")
    ] = None,
    json: Json = False,
) -> None:
    """Who did what to a dispatch, and when: begun, paused and why, resumed, corrected …"""
    from mailer.desk import dispatches
    from mailer.records import open_records

    news = open_records(context.obj)
    events = dispatches.log(news, dispatch_id)
    if json:
        emit([dataclasses.asdict(event) for event in events])
    else:
        rows = [
            (
                f"{event.at.astimezone(news.timezone):%Y-%m-%d %H:%M:%S}",
                *(event.actor, event.dispatch_id or event.issue_id, event.action, event.detail),
            )
            for event in events
        ]
        table(("when", "who", "dispatch", "what", "detail"), rows)
    say(f"next: {command('dispatch', 'list')}")


@app.command()
def copies(
    context: typer.Context,
    dispatch_id: Id,
    state: Annotated[
        str | None, typer.Option(metavar="S", help="Only those planned, sent, failed, ….")
    ] = None,
    json: Json = False,
) -> None:
    """Who got it and who did not, why, and which version: CSV, or JSON with the story of all
    attempts."""
    from mailer.desk import dispatches
    from mailer.model.delivery import DeliveryRow, State
    from mailer.records import open_records

    if state is not None and state not in list(State):
        raise typer.BadParameter(f"{state!r}: use one of {', '.join(State)}", param_hint="--state")
    wanted = State(state) if state else None
    rows = dispatches.copies(open_records(context.obj), dispatch_id, wanted)
    if json:
        emit([dataclasses.asdict(row) for row in rows])
    else:
        names = [field.name for field in dataclasses.fields(DeliveryRow)]
        names.remove("attempts")
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow(dataclasses.asdict(row) | {"changed_at": row.changed_at.isoformat()})
    say(f"next: {command('dispatch', 'status', dispatch_id)}")


@app.command()
def clicks(context: typer.Context, dispatch_id: Id, json: Json = False) -> None:
    """How often the links of a dispatch were followed and its mails opened, by people and by
    robots, where counting was on when it was sent."""
    from mailer.desk import counting
    from mailer.records import open_records

    followed, opened = counting.numbers_of(open_records(context.obj), dispatch_id)
    rows = [
        {"url": c.url, "label": c.label, "people": c.count.people, "robots": c.count.robots}
        for c in followed
    ]
    if json:
        emit({"links": rows, "opens": {"people": opened.people, "robots": opened.robots}})
    else:
        table(["link", "people", "robots"], [[r["url"], r["people"], r["robots"]] for r in rows])
        show(f"opened: {opened.people:,} by people, {opened.robots:,} by robots")
    say(f"next: {command('dispatch', 'status', dispatch_id)}")


@app.command()
def resolve(
    context: typer.Context,
    dispatch_id: Id,
    resend: Annotated[bool, typer.Option("--resend", help="Send them again.")] = False,
    assume_sent: Annotated[bool, typer.Option("--assume-sent", help="Take them for sent.")] = False,
    json: Json = False,
) -> None:
    """Decide about the uncertain copies: their readers may or may not have them."""
    from mailer.desk import dispatches
    from mailer.model.delivery import State
    from mailer.records import open_records

    if resend == assume_sent:
        raise typer.BadParameter("give one of --resend and --assume-sent")
    to = State.PLANNED if resend else State.SENT
    news = open_records(context.obj)
    decided = dispatches.resolve(news, dispatch_id, to)
    resolved = {"resolved": decided, "to": to.value}
    document = status_document(dispatches.of(news, dispatch_id)) | resolved
    answer(json, document, f"{number(decided, 'copy', 'copies')}: now {to.value}")
    goes_on = resend and decided
    say(f"next: {_goes_on(news, dispatch_id) if goes_on else 'nothing'}")


def _report(news: Records, now: DispatchStatus, json: bool) -> None:
    answer(json, status_document(now), status_line(now, news.timezone))


def _goes_on(news: Records, dispatch_id: int) -> str:
    """Who sends what is left of a dispatch."""
    from mailer.desk import dispatches

    if dispatches.of(news, dispatch_id).queued and dispatches.worker_seen(news):
        seen = command("dispatch", "status", dispatch_id)
        return f"nothing: the worker goes on; {seen}"
    return f"the same {command('send', 'FILE')} again"


@app.command()
def pause(context: typer.Context, dispatch_id: Id, json: Json = False) -> None:
    """Begin no further copy, also in a sender that is at work, until `resume`."""
    from mailer.desk import dispatches
    from mailer.records import open_records

    news = open_records(context.obj)
    _report(news, dispatches.pause(news, dispatch_id), json)
    say(f"next: {command('dispatch', 'resume', dispatch_id)}")


@app.command()
def resume(context: typer.Context, dispatch_id: Id, json: Json = False) -> None:
    """Let a paused dispatch go on, with the worker or the next `mailer send`."""
    from mailer.desk import dispatches
    from mailer.records import open_records

    news = open_records(context.obj)
    _report(news, dispatches.resume(news, dispatch_id), json)
    say(f"next: {_goes_on(news, dispatch_id)}")


@app.command()
def cancel(
    context: typer.Context,
    dispatch_id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Never send what is not yet sent. This cannot be taken back."""
    from mailer.desk import dispatches
    from mailer.model.delivery import DispatchState
    from mailer.records import open_records

    news = open_records(context.obj)
    found = dispatches.of(news, dispatch_id)
    if not yes and found.state not in (DispatchState.FINISHED, DispatchState.CANCELLED):
        ask_to_cancel(found)
    _report(news, dispatches.cancel(news, dispatch_id), json)
    say(f"next: {command('dispatch', 'copies', dispatch_id)}")


app.command("report")(report.report_)
