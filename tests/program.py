"""The program as its users start it: a process of its own, in a publication's folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Protocol

ROOT = Path(__file__).resolve().parent.parent
_MAILER = (sys.executable, "-W", "error", "-m", "mailer")


def environment() -> dict[str, str]:
    """Nothing of the caller's but what any program needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT)}


class Started(Protocol):
    """As much of `subprocess.Popen[str]` as tests need."""

    pid: int
    stdout: IO[str] | None
    stderr: IO[str] | None

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def communicate(self, *, timeout: float | None = None) -> tuple[str, str]: ...

    def send_signal(self, number: int, /) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


@dataclass
class Program:
    """`variables` are its environment's, besides those that any program needs."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def start(self, *words: str, under: Sequence[str] = ()) -> Started:
        """Run in the background; whoever starts it ends it."""
        return subprocess.Popen(
            [*under, *self._words(words)],
            env={**environment(), **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(
        self, *words: str, under: Sequence[str] = (), **more: str
    ) -> subprocess.CompletedProcess[str]:
        """`under` is a program, with its arguments, that starts this one."""
        program = replace(self, variables={**self.variables, **more})
        with running(program.start(*words, under=under)) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode or 0, out, err)

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


@contextmanager
def running(process: Started) -> Iterator[Started]:
    """Ended with the block, however that ends."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def post(url: str) -> int:
    """As a mail client does when its reader presses "unsubscribe" (RFC 8058)."""
    with urllib.request.urlopen(url, data=b"List-Unsubscribe=One-Click", timeout=10) as answer:  # noqa: S310 - our own server
        return int(answer.status)


def until_served(url: str) -> None:
    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).close()  # noqa: S310 - our own
        except OSError:
            return False
        return True

    until(answers)


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.02)
