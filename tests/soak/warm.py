"""The program with its modules read already, for runs by the hundred.

As a program it forks for every line of its input, a JSON array of the words of one run, and tells
of the run in two lines: the child's process id, then how it ended (as `subprocess` has it). The
child stops itself (SIGSTOP) before it begins, and goes on by SIGCONT.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, NoReturn, Self

from program import environment

_ROWS = ("cli", "desk", "sender", "ledger", "intake", "composer", "message")


class Run(NamedTuple):
    """How it ended, and what it said to stderr."""

    returncode: int
    said: str


class Warm:
    """A parent of runs, one at a time; it ends with its `with` block."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def __enter__(self) -> Self:
        log = self._log.open("wb")
        variables = {**environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
        self._parent = subprocess.Popen(
            [sys.executable, "-W", "error", __file__],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._parent.communicate()

    def run(self, folder: Path, *words: str, under: Sequence[str] = ()) -> Run:
        """A command in a publication's folder; `under` is a strace that is attached to it."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        begin = self._log.stat().st_size
        print(json.dumps(["-C", str(folder), *words]), file=self._parent.stdin, flush=True)
        child = int(self._parent.stdout.readline())
        tracer = subprocess.Popen([*under, "-p", str(child)]) if under else None
        while tracer is not None and "TracerPid:\t0" in Path(f"/proc/{child}/status").read_text():
            assert tracer.poll() is None, "strace could not be attached"
            time.sleep(0.002)
        os.kill(child, signal.SIGCONT)
        returncode = int(self._parent.stdout.readline())
        if tracer is not None:
            tracer.wait()
        return Run(returncode, self._log.read_text(encoding="utf-8")[begin:])


def _serve() -> None:
    for row in _ROWS:
        package = import_module(f"mailer.{row}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        os.waitpid(child, os.WUNTRACED)  # it has stopped
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(words: list[str]) -> NoReturn:
    from mailer.cli.main import run

    for stream in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    os.kill(os.getpid(), signal.SIGSTOP)
    run(words)


if __name__ == "__main__":
    _serve()
