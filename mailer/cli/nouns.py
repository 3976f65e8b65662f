"""What follows `mailer`: a noun with verbs, or a verb. Each has a module, which is loaded when it
is asked for: to load all of them, and to read what options each has, takes longer than some do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

_APP = "app"  # what a module with the verbs of one noun calls them

# The module and what it has there, in the order of the help.
_PLACES = {
    "init": ("setup", "init"),
    "demo": ("demo", "demo"),
    "doctor": ("doctor", "doctor"),
    "issue": ("issue", _APP),
    "item": ("item", _APP),
    "preview": ("preview", "preview"),
    "list": ("lists", _APP),
    "segment": ("segment", _APP),
    "subscriber": ("subscriber", _APP),
    "attribute": ("attribute", _APP),
    "send": ("send", "send"),
    "dispatch": ("dispatch", _APP),
    "relay": ("relay", _APP),
    "bounce": ("bounce", _APP),
    "archive": ("archive", _APP),
    "dkim": ("dkim", _APP),
    "web": ("web", "web"),
    "worker": ("worker", "worker"),
    "db": ("database", _APP),
    "bench": ("bench", "bench"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
}


class _Nouns(Mapping[str, Any]):
    """The commands by name."""

    def __getitem__(self, name: str) -> Any:
        module, part = _PLACES[name]
        found = getattr(import_module(f"mailer.cli.{module}"), part)
        alone = typer.Typer()
        if part == _APP:
            alone.add_typer(found, name=name)
        else:
            alone.command(name)(found)
        return _listed(get_group(alone).commands[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


def _listed(command: Any) -> Any:
    """What a list says of a command is its first paragraph, however long its lines are here."""
    for each in (command, *getattr(command, "commands", {}).values()):
        each.short_help = " ".join((each.help or "").split("\n\n")[0].split())
    return command


class Program(TyperGroup):
    """`mailer` itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Nouns()})
