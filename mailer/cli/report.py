"""`mailer dispatch report`: what a dispatch came to, on the terminal, as JSON, as a page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.options import dispatch_id as id_of
from mailer.cli.output import Json, emit, say, show, status_document, status_line, table
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.desk.attention import Attention
    from mailer.desk.report import Issue, Report, Series


def report_(
    context: typer.Context,
    dispatch_id: Annotated[
        int | None,
        typer.Argument(metavar="ID", parser=id_of, help="Default: the latest."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with charts.")
    ] = None,
    json: Json = False,
) -> None:
    """What became of the copies, why some failed or came back, who left, what was read where that
    is counted, and how that compares with the last twelve issues; how the list fares."""
    from mailer.desk import report
    from mailer.records import open_records

    news = open_records(context.obj)
    found = report.report(news, dispatch_id)
    if html is not None:
        _write_page(html, context.obj, found)
    if json:
        emit(_document(found))
    else:
        show(f"{found.title}: {status_line(found.status, news.timezone)}")
        _tables(found)
    to_page = ("dispatch", "report", found.status.id, "--html", "FILE")
    page = f"open {html}" if html else command(*to_page)
    say(f"next: {page}, {command('dispatch', 'copies', found.status.id)}")


def _write_page(path: Path, folder: Path, found: Report) -> None:
    from mailer.app import open_app
    from mailer.files import write_atomically
    from mailer.web import report_page

    write_atomically(path, report_page.page(open_app(folder), found))


def _tables(found: Report) -> None:
    from mailer.desk.report import fates

    rows = []
    for fate in fates(found):
        compared = "" if fate.usual is None else f"{fate.usual:.2%}"
        rows.append((fate.name, f"{fate.number:,}", f"{fate.share:.2%}", compared))
    table(("copies", "number", "share", f"of {len(found.earlier)} earlier"), rows)
    reasons = [("at once", each) for each in found.failures]
    reasons += [(f"later, {kind.value}", each) for kind, each in found.returns]
    if reasons:
        lines = [(when, each.reason, f"{each.count:,}", each.text) for when, each in reasons]
        table(("when", "code", "copies", "for example"), lines)
    numbers = ("total", "sent", "failed", "bounced", "complained")
    domains = [
        (row.domain or "(erased)", *(f"{getattr(row, name):,}" for name in numbers))
        for row in found.domains
    ]
    table(("domain", *numbers), domains)
    if found.attention is not None:
        _attention(found.attention)
    health = found.health
    months = [
        (
            f"{m.start:%Y-%m}",
            *(m.joined, m.left, m.died, m.complained),
            *(f"{readers:,}", f"{churn:.2%}"),
        )
        for m, readers, churn in zip(health.spans, health.sizes[1:], health.churn, strict=True)
    ]
    columns = ("joined", "left", "died", "complained", "readers at its end", "lost")
    table(("month", *columns), months)
    people = number(found.health.audience, "person", "people")
    show(f"{found.status.list_name}: {people} would be mailed now")


def _attention(found: Attention) -> None:
    for what, followed in (("item", found.items), ("role", found.roles)):
        rows = [(f.name, f"{f.count.people:,}", f"{f.count.robots:,}") for f in followed]
        table((f"clicks by {what}", "people", "robots"), rows)
    if found.unopened is not None:
        people = number(found.opens.people, "time")
        show(f"opened: {people} by people, {found.opens.robots:,} by robots")
        show(f"copies that nobody was seen to open: at least {found.unopened:,}")


def _document(found: Report) -> dict[str, Any]:
    from mailer.desk.report import MEASURES, usual

    return {
        "dispatch": status_document(found.status),
        "title": found.title,
        **{name: of(found.issue) for name, of in MEASURES.items()},
        "shares": {name: found.issue.share(of) for name, of in MEASURES.items()},
        "usual": {name: usual(found.earlier, of) for name, of in MEASURES.items()},
        "failed_by_reason": [dataclasses.asdict(each) for each in found.failures],
        "came_back": {kind.value: count for kind, count in found.came_back.items()},
        "came_back_by_reason": [
            {"class": kind.value, **dataclasses.asdict(each)} for kind, each in found.returns
        ],
        "domains": [dataclasses.asdict(row) for row in found.domains],
        "over_time": {
            "sent": _series(found.sending),
            "came_back": _series(found.returning),
            "unsubscribed": _series(found.leaving),
        },
        "earlier": [_issue(issue) for issue in found.earlier],
        "list": {
            "name": found.status.list_name,
            "audience": found.health.audience,
            "months": [
                {**dataclasses.asdict(span), "readers": readers, "churn": churn}
                for span, readers, churn in zip(
                    found.health.spans, found.health.sizes[1:], found.health.churn, strict=True
                )
            ],
        },
        "read": None if found.attention is None else _read(found.attention),
    }


def _read(found: Attention) -> dict[str, Any]:
    return {**dataclasses.asdict(found), "clicks": dataclasses.asdict(found.clicks)}


def _series(series: Series) -> dict[str, Any]:
    seconds = series.width.total_seconds()
    return {"start": series.start, "seconds": seconds, "numbers": series.numbers}


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        **dataclasses.asdict(issue.outline),
        "unsubscribed": issue.left,
        "opened": issue.opened,
        "clicked": issue.clicked,
    }
