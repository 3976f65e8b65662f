"""The program as its users start it: a process of its own, in a publication's folder."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mailer.cli.main import run

ROOT = Path(__file__).resolve().parent.parent
_MAILER = (sys.executable, "-W", "error", "-m", "mailer")


def environment() -> dict[str, str]:
    """Nothing of the caller's but what any program needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT)}


class Answer(NamedTuple):
    status: int
    out: str
    err: str


class _Kept(io.TextIOWrapper):
    """What was written to it, as it would be to a file."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", write_through=True)

    @property
    def text(self) -> str:
        kept = self.buffer
        assert isinstance(kept, io.BytesIO)
        return kept.getvalue().decode()


@dataclass
class Program:
    """`variables` are its environment's, besides those that any program needs."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def start(self, *words: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
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
        return subprocess.run(
            [*under, *self._words(words)],
            env={**environment(), **self.variables, **more},
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

    def here(self, *words: str) -> Answer:
        """The same in this process, which has read its modules already: for what a test prepares
        or looks up, or where nothing else depends on the process."""
        with (
            redirect_stdout(_Kept()) as out,
            redirect_stderr(_Kept()) as err,
            pytest.raises(SystemExit) as ended,
        ):
            run(["-C", str(self.folder), *words])
        code = ended.value.code
        assert isinstance(code, int)
        return Answer(code, out.text, err.text)

    def told(self, *words: str) -> Any:
        """What a command says of how things stand; it is run in this process."""
        answer = self.here(*words, "--json")
        assert answer.status == 0, answer.err
        return json.loads(answer.out)

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
def running(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
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
