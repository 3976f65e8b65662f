"""The program with its modules read and its themes compiled already: it forks for every run. What a
test sees of such a process is what it would see of any; only its first second is left out.

Whatever takes more than a fork (another program that starts it, an environment that its interpreter
must see) gets a process from the beginning.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import TextIO
from unittest import mock

from program import Program, Started, environment

from mailer.cli.main import run

_LOCK = threading.Lock()  # two threads that ask how one process ended take the answer from another


@cache
def _parent() -> ForkServerContext:
    """One for all runs of this process; it ends with this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["warm", "warmed"])
    # It imports those before it is told of our path.
    with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path))):
        forkserver.ensure_running()
    return context


class Fork:
    """A run, whose files are these: descriptors of its and what they are copies of. One that is
    `stopped` waits for SIGCONT before it begins."""

    def __init__(
        self,
        words: Sequence[str],
        variables: Mapping[str, str],
        files: Mapping[int, Connection],
        stopped: bool = False,
    ) -> None:
        self._process: ForkServerProcess = _parent().Process(
            target=_become, args=(words, variables, files, stopped), daemon=True
        )
        with _LOCK:
            self._process.start()
        self.pid = self._process.pid or 0
        self.stdout: TextIO | None = None
        self.stderr: TextIO | None = None

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        with _LOCK:
            return self._process.exitcode

    def communicate(self, *, timeout: float | None = None) -> tuple[str, str]:
        """What it had to say, when it has ended."""
        said = [_Ear(stream) for stream in (self.stdout, self.stderr)]
        if not connection.wait([self._process.sentinel], timeout):
            raise subprocess.TimeoutExpired("mailer", timeout or 0)
        out, err = (each.heard() for each in said)
        return out, err

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ends just now
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Ear(threading.Thread):
    """Hears all that comes from a pipe, and closes it."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._text = ""
        self.start()

    def run(self) -> None:
        if self._stream is not None and not self._stream.closed:
            with self._stream:
                self._text = self._stream.read()

    def heard(self) -> str:
        self.join()
        return self._text


def _text(pipe: Connection) -> TextIO:
    with pipe:
        return open(os.dup(pipe.fileno()), encoding="utf-8")  # noqa: PTH123 - a descriptor


def _become(
    words: Sequence[str],
    variables: Mapping[str, str],
    files: Mapping[int, Connection],
    stopped: bool,
) -> None:
    for number, file in files.items():
        os.dup2(file.fileno(), number)
    if 0 in files:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - as any program's
    os.environ.clear()
    os.environ.update(variables)
    warnings.simplefilter("error")
    if stopped:
        os.kill(os.getpid(), signal.SIGSTOP)
    run(list(words))


@dataclass
class Warm(Program):
    """A publication whose commands are run so."""

    def start(self, *words: str, under: Sequence[str] = ()) -> Started:
        if under or "LD_PRELOAD" in self.variables:
            return super().start(*words, under=under)
        return self._fork(words, stopped=False)

    def traced(self, tracer: Sequence[str], *words: str) -> subprocess.CompletedProcess[str]:
        """A run to which that strace is attached before it begins."""
        process = self._stopped(words)
        attached = subprocess.Popen([*tracer, "-p", str(process.pid)])
        while "TracerPid:\t0" in _status(process):
            assert attached.poll() is None, "strace could not be attached"
            time.sleep(0.002)
        ended = _gone_on(process, words)
        attached.wait()
        return ended

    def confined(self, octets: int, *words: str) -> subprocess.CompletedProcess[str]:
        """A run of which the system lets no file grow beyond so many octets."""
        process = self._stopped(words)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (octets, octets))
        return _gone_on(process, words)

    def at_terminal(self, slave: int, *words: str) -> Fork:
        """A run with a terminal, which is closed here."""
        with Connection(slave) as terminal:
            return Fork(self._spoken(words), self._around, dict.fromkeys(range(3), terminal))

    def _stopped(self, words: Sequence[str]) -> Fork:
        process = self._fork(words, stopped=True)
        while "State:\tT" not in _status(process):
            time.sleep(0.002)
        return process

    def _fork(self, words: Sequence[str], stopped: bool) -> Fork:
        (out, its_out), (err, its_err) = (_parent().Pipe(duplex=False) for _ in range(2))
        with its_out, its_err:
            made = Fork(self._spoken(words), self._around, {1: its_out, 2: its_err}, stopped)
        made.stdout, made.stderr = _text(out), _text(err)
        return made

    def _spoken(self, words: Sequence[str]) -> Sequence[str]:
        return ("-C", str(self.folder), *words)

    @property
    def _around(self) -> Mapping[str, str]:
        return {**environment(), **self.variables}


def _gone_on(process: Fork, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate()
    return subprocess.CompletedProcess(words, process.returncode or 0, out, err)


def _status(process: Fork) -> str:
    return Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
