"""What a process does before it forks for runs of the program, see `warm`: it reads all modules,
and sends an issue, which compiles the theme's templates. To import this takes a second."""

from __future__ import annotations

import gc
import pkgutil
import tempfile
from importlib import import_module
from pathlib import Path

import newsroom

_ROWS = ("cli", "desk", "sender", "ledger", "intake", "composer", "message", "web")

for _row in _ROWS:
    _package = import_module(f"mailer.{_row}")
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        import_module(_module.name)
with tempfile.TemporaryDirectory() as _folder:
    _room = newsroom.make(Path(_folder) / "news")
    _room.add(1)
    _room.send()
    _room.app.database.close()
gc.freeze()
