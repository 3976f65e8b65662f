"""What commands print: reports on stdout, everything else on stderr."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailer.model.delivery import DispatchStatus

File = Annotated[Path, typer.Argument(metavar="FILE", help="An issue file.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@dataclass
class _Here:
    """The publication's folder, as the command line was given it."""

    folder: Path = Path()


_HERE = _Here()
_NAMED = re.compile(r"`mailer (?!-|init\b|demo\b)")


def run_in(folder: Path) -> None:
    """From now on whatever command is named to a person runs in this publication's folder."""
    _HERE.folder = folder


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(_pasteable(text), file=sys.stderr)


def show(text: str) -> None:
    """A line of the report that was asked for."""
    print(_pasteable(text))


def _pasteable(text: str) -> str:
    """Each command in it with the folder that this one was given: whoever wrote the text, however
    far from here, need not know it."""
    if _HERE.folder == Path():
        return text
    begun = f"`{shlex.join(['mailer', '-C', str(_HERE.folder)])} "
    return _NAMED.sub(lambda _: begun, text)


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
