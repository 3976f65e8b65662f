"""`mailer doctor`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, say, show
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.ops.doctor.check import Check

_CONFIGURATION = "configuration"
_WIDTH = len(_CONFIGURATION)


def doctor(
    context: typer.Context,
    deploy: Annotated[
        bool,
        typer.Option("--deploy", help="Ask more: this machine is to send and serve by itself."),
    ] = False,
    json: Json = False,
) -> int:
    """Look for what keeps mail from going out, arriving or being believed. Sends none."""
    from mailer.ops.doctor.check import Verdict
    from mailer.ops.doctor.examination import examine
    from mailer.ops.doctor.lookup import Lookup

    checks = []
    for check in examine(context.obj, Lookup(), deployed=deploy):
        checks.append(check)
        if not json:
            _show(check)
    if json:
        emit([_row(check) for check in checks])
    faults = [check for check in checks if check.verdict is Verdict.FAULT]
    again = command("doctor", *(["--deploy"] if deploy else []))
    warnings = sum(check.verdict is Verdict.WARNING for check in checks)
    if faults or warnings:
        counts = f"{number(len(faults), 'fault')}, {number(warnings, 'warning')}"
        say(f"next: mend them, then {again} once more ({counts})")
    else:
        say(f"next: {command('send', 'FILE', '--test', 'YOU')}")
    if any(check.name == _CONFIGURATION for check in faults):
        return 2
    return 1 if faults else 0


def _show(check: Check) -> None:
    show(f"{check.verdict.value:<8} {check.name:<{_WIDTH}}  {check.says}")
    if check.record is not None:
        show(textwrap.indent(str(check.record), " " * (_WIDTH + 11)))


def _row(check: Check) -> dict[str, object]:
    record = check.record
    return {
        "check": check.name,
        "verdict": check.verdict.value,
        "says": check.says,
        "record": record and {"name": record.name, "type": record.type, "value": record.value},
    }
