"""`mailer backup`, `mailer restore`: a whole publication in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.output import Json, answer, say
from mailer.model.command import command
from mailer.model.counted import number

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a ZIP file.")]


def backup(context: typer.Context, file: BackupFile, json: Json = False) -> None:
    """Write database, keys, configuration, issues, pictures into one file, also during a send."""
    from mailer.app import open_app
    from mailer.ops.backup import making

    manifest = making.make(open_app(context.obj), file)
    size = file.stat().st_size
    files = len(manifest.files)
    document = {"file": file, "at": manifest.at, "files": files, "octets": size}
    answer(json, document, f"{file}: {number(files, 'file')}, {size / 1e6:,.1f} MB")
    say("next: keep it where only you can read it: it holds every address and every key")


def restore(context: typer.Context, file: BackupFile, json: Json = False) -> None:
    """Lay out a publication from its backup in a new folder (-C DIR). Nothing is overwritten, and
    nothing is sent: what was under way is paused."""
    from mailer.ops.backup import restoring

    done = restoring.restore(file, context.obj)
    at = done.manifest.at
    name = done.manifest.publication
    document = {"publication": name, "at": at, "paused": list(done.paused)}
    answer(json, document, f"{context.obj}: {name} as it was at {at:%Y-%m-%d %H:%M} UTC")
    say("not in it: who left, bounced or was erased since then, and what was sent")
    for dispatch_id in done.paused:
        goes_on = command("dispatch", "resume", dispatch_id)
        say(f"dispatch {dispatch_id} is paused: {goes_on} lets it go on")
    say(f"next: {command('doctor')}")
