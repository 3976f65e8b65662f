"""The program as its users start it: a process of its own, in a publication's folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_MAILER = (sys.executable, "-W", "error", "-m", "mailer")


def environment() -> dict[str, str]:
    """Nothing of the caller's but what any program needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass
class Program:
    folder: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Run in the background; whoever starts it ends it."""
        return subprocess.Popen(
            self._words(words),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(
        self, *words: str, under: Sequence[str] = (), **more: str
    ) -> subprocess.CompletedProcess[str]:
        """`under` is a program, with its arguments, that starts this one."""
        return subprocess.run(
            [*under, *self._words(words)],
            env={**environment(), **more},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=120,
        )

    def ok(self, *words: str, under: Sequence[str] = ()) -> str:
        """Its standard output; anything but success fails the test with what it said."""
        done = self.run(*words, under=under)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def configure(self, old: str, new: str) -> None:
        """Change mailer.toml as an editor would."""
        file = self.folder / "mailer.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def _words(self, words: tuple[str, ...]) -> list[str]:
        where = () if words[0] in ("init", "--help") else ("-C", str(self.folder))
        return [*_MAILER, *where, *words]
