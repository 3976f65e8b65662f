"""`mailer`: what comes before its nouns, and how it ends. Nouns import what they need when they are
called, so that help and mistakes answer at once."""

from __future__ import annotations

import errno
import gc
import os
import sys
import traceback
from importlib import metadata
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

import typer

from mailer.cli.nouns import Program
from mailer.cli.output import run_in, say, show

# A start makes some hundred thousand objects and hardly a cycle: to look for some at Python's own
# threshold takes a tenth of the time of a short command.
_OBJECTS = 50_000

app = typer.Typer(
    name="mailer",
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compose a Markdown digest and send it to its subscribers, each copy once.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        show(metadata.version("newsletter-mailer"))
        raise typer.Exit


@app.callback()
def _publication(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("-C", "--folder", metavar="DIR", help="The publication's folder.")
    ] = Path(),
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and end."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    context.obj = folder
    run_in(folder)
    context.meta["debug"] = debug


def run(arguments: list[str] | None = None) -> None:
    """The program: a known error is one line (a list of faults, a line each), no traceback."""
    gc.set_threshold(_OBJECTS)
    words = sys.argv[1:] if arguments is None else arguments
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started us
        sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr is: no character ends a list
    try:
        status = _answered(words)
        sys.stdout.flush()
    except OSError as error:  # the reader of our output has seen enough, or its disk is full
        sys.stdout = _nowhere()
        status = _told(error)
    sys.exit(status)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open until the end


def _answered(words: list[str]) -> int:
    try:
        return int(app(words, standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        say("mailer: stopped")
        return 1
    except Exception as error:
        if "--debug" in words:
            traceback.print_exc()
        return _told(error)


def _usage(error: typer.TyperException) -> int:
    """A mistake is one line; a noun alone was answered with its help, and leaves no message."""
    message = error.format_message()
    if message:
        say(f"mailer: {' '.join(message.split())} (`--help` shows how)")
    return error.exit_code


def _told(error: Exception) -> int:
    """Print what a user can do about it; the exit status."""
    status = getattr(error, "exit_status", None)
    if isinstance(error, BrokenPipeError):
        return 1
    if isinstance(error, OSError):
        mend = ": make room there" if error.errno == errno.ENOSPC else ""
        say(f"mailer: {error.filename or 'output'}: {error.strerror or error}{mend}")
        return 1
    if status is None:
        say(f"mailer: a fault of the program: {type(error).__name__}: {error} (more with --debug)")
        return 1
    for line in str(error).splitlines():
        say(f"mailer: {line}")
    return int(status)
