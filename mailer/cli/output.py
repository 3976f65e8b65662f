"""What commands print: reports on stdout, everything else on stderr."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailer.model.delivery import DispatchStatus

File = Annotated[Path, typer.Argument(metavar="FILE", help="An issue file.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, file=sys.stderr)


def show(text: str) -> None:
    """A line of the report that was asked for."""
    print(text)


def emit(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def answer(json: bool, document: Any, *lines: str) -> None:
    """What came of a command: a document for a program, or lines for a person."""
    if json:
        emit(document)
    else:
        print(*lines, sep="\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; elsewhere tab-separated lines, which other programs can cut."""
    if not sys.stdout.isatty():
        for row in (header, *rows):
            print("\t".join(" ".join(str(cell).split()) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    grid = Table(*header, box=box.SIMPLE_HEAD)
    for row in rows:
        grid.add_row(*(escape(str(cell)) for cell in row))
    Console().print(grid)


def command(folder: Path, *words: object) -> str:
    """A command as it can be pasted, in the publication's folder that this one ran in."""
    where = () if folder == Path() else ("-C", folder)
    return f"`{shlex.join(['mailer', *map(str, (*where, *words))])}`"


def status_document(status: DispatchStatus) -> dict[str, object]:
    """A dispatch as every `--json` gives it."""
    return {
        "id": status.id,
        "issue": status.issue_id,
        "list": status.list_name,
        "segment": status.segment,
        "state": status.state.value,
        "reason": status.reason,
        "counts": {state.value: count for state, count in status.counts.items()},
        "total": status.total,
        "queued": status.queued,
        "created_at": status.created_at,
        "scheduled_at": status.scheduled_at,
        "started_at": status.started_at,
        "finished_at": status.finished_at,
    }


def status_line(status: DispatchStatus, zone: dt.tzinfo) -> str:
    """`zone` is that of times."""
    counts = ", ".join(f"{n:,} {state.value}" for state, n in status.counts.items() if n)
    reason = f" ({status.reason})" if status.reason else ""
    to = f"{status.list_name} ({status.segment})" if status.segment else status.list_name
    what = f"dispatch {status.id}: issue {status.issue_id} to {to}"
    if status.started_at is None and status.scheduled_at is not None:
        return f"{what}: {status.state.value} for {moment(status.scheduled_at, zone)}{reason}"
    return f"{what}: {status.state.value}{reason}: {counts or 'empty'} of {status.total:,}"


def moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    """`Tue 01 Dec 2026 09:00 CET`"""
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}"


def duration(span: dt.timedelta) -> str:
    """`about 40 s`, `about 12 min`, `about 3 h 20 min`."""
    seconds = max(1, round(span.total_seconds()))
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"about {seconds} s"
    return (
        f"about {minutes} min" if minutes < 100 else f"about {minutes // 60} h {minutes % 60} min"
    )
