"""What commands print: reports on stdout, everything else on stderr."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, file=sys.stderr)


def show(text: str) -> None:
    """A line of the report that was asked for."""
    print(text)


def emit(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


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


def number(count: int, noun: str, plural: str = "") -> str:
    """`1 copy`, `1,200 copies`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
