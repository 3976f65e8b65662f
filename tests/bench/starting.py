"""How long commands take that have little to do: a process each, by the clock on the wall.

python -m tests.bench.starting
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mailer.desk import setup

RUNS = 7
# An editor waits for the first two each time; the last composes.
COMMANDS = {
    "help": ("--help",),
    "list show": ("list", "show", "monthly"),
    "issue list": ("issue", "list"),
    "issue check": ("issue", "check", "issues/2020-10.md"),
}
_NOTE = "wall clock, a process each"


def lines() -> Iterator[tuple[str, str, str]]:
    """Medians: (name, milliseconds, note)."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "news"
        setup.init(folder, example=True).database.close()
        for name, words in COMMANDS.items():
            _seconds(folder, words)  # the first compiles it, and fits the pictures
            median = statistics.median(_seconds(folder, words) for _ in range(RUNS))
            yield name, f"{median * 1000:,.0f} ms", _NOTE


def _seconds(folder: Path, words: tuple[str, ...]) -> float:
    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "mailer", "-C", str(folder), *words],
        env=compiled,
        check=True,
        capture_output=True,
    )
    return time.monotonic() - began


if __name__ == "__main__":
    for row in lines():
        print(*row, sep="\t")
