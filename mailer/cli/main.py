"""`mailer`: the command and its nouns. Nouns import what they need when they are called, so that
help and mistakes answer at once."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import (
    database,
    demo,
    dispatch,
    issue,
    lists,
    send,
    setup,
    subscriber,
    web,
)
from mailer.cli.output import say

INTERRUPTED = 130

app = typer.Typer(
    name="mailer",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compose a Markdown digest and send it to its subscribers, each copy once.",
)


@app.callback()
def _publication(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("-C", "--folder", metavar="DIR", help="The publication's folder.")
    ] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    context.obj = folder
    context.meta["debug"] = debug


app.command("init")(setup.init)
app.command("demo")(demo.demo)
app.add_typer(issue.app, name="issue")
app.add_typer(lists.app, name="list")
app.add_typer(subscriber.app, name="subscriber")
app.command("send")(send.send)
app.add_typer(dispatch.app, name="dispatch")
app.command("web")(web.web)
app.add_typer(database.app, name="db")


def run(arguments: list[str] | None = None) -> None:
    """The program: a known error is one line (a list of faults, a line each), no traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        status = app(words, standalone_mode=False)
    except typer.TyperException as error:
        sys.exit(_usage(error))
    except (typer.Abort, KeyboardInterrupt):
        say("mailer: stopped")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "--debug" in words:
            traceback.print_exc()
        sys.exit(_told(error))
    sys.exit(status or 0)


def _usage(error: typer.TyperException) -> int:
    """A mistake is one line; a noun alone was answered with its help, and leaves no message."""
    message = error.format_message()
    if message:
        say(f"mailer: {' '.join(message.split())} (`--help` shows how)")
    return error.exit_code


def _told(error: Exception) -> int:
    """Print what a user can do about it; the exit status."""
    status = getattr(error, "exit_status", None)
    if status is None:
        say(f"mailer: a fault of the program: {type(error).__name__}: {error} (more with --debug)")
        return 1
    for line in str(error).splitlines():
        say(f"mailer: {line}")
    return int(status)
