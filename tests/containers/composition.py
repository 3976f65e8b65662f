"""The composition of deploy/, brought up by the steps of docs/deploying.md."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import slowly
from containers import world
from containers.world import Mailbox, Site

LIST = "monthly"
RATE = 20  # copies a second of all workers, so that something can be done to a send
CONNECTIONS = 10  # of each worker
USER = 10001
_COMPOSE = (
    "compose", "--ansi", "never", "--progress", "quiet",
    "--env-file", "/source/tests/containers/example.env",
    "--file", "/source/deploy/compose.yaml", "--file", "/source/tests/containers/compose.yaml",
)  # fmt: skip


@dataclass(frozen=True)
class Composition:
    """`root` is Docker's; its readers have their mail in `mailbox`."""

    root: Path
    mailbox: Mailbox
    site: Site

    @property
    def publication(self) -> Path:
        return self.root / "srv" / "newsletter"

    def docker(self, *words: str) -> str:
        """Its standard output; anything but success fails the test with what it said."""
        command = ["chroot", str(self.root), "docker", *words]
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False
        )
        assert done.returncode == 0, f"{words[-6:]}: {done.stdout}{done.stderr}"
        return done.stdout

    def compose(self, *words: str) -> str:
        return self.docker(*_COMPOSE, *words)

    def within(self, service: str, *command: str) -> str:
        return self.compose("exec", "--no-TTY", service, *command)

    def mailer(self, *words: str) -> str:
        """A command, in the container of the web: no test does anything to that."""
        return self.within("web", "mailer", *words)

    def json(self, *words: str) -> Any:
        return json.loads(self.mailer(*words, "--json"))

    def query(self, statement: str) -> list[str]:
        """The rows of a query, their columns with `|` between them."""
        psql = ("psql", "--username", "mailer", "--no-align", "--tuples-only", "news")
        return self.within("database", *psql, "--command", statement).splitlines()

    def ids(self, service: str) -> list[str]:
        """Of its containers, those too that have ended."""
        return self.compose("ps", "--all", "--quiet", service).split()

    def state(self, container: str) -> Any:
        [found] = json.loads(self.docker("inspect", container))
        return found["State"]

    def send(self, issue: str) -> int:
        """Hand an issue of that id over to the workers; the number of its dispatch."""
        file = self.publication / "issues" / f"{issue}.md"
        file.write_text(slowly.issue(issue, issue), encoding="utf-8")
        self.mailer("send", f"issues/{issue}.md", "--queue", "--yes")
        return int(self.json("dispatch", "status")["id"])

    def counts(self, dispatch: int) -> dict[str, int]:
        found: dict[str, int] = self.json("dispatch", "status", str(dispatch))["counts"]
        return found

    def is_finished(self, dispatch: int) -> bool:
        return bool(self.json("dispatch", "status", str(dispatch))["state"] == "finished")


def eventually(true: Any, seconds: float = 300.0) -> float:
    """Wait for something to become true; how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never became true"
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def composed(folder: Path, readers: int) -> Iterator[Composition]:
    """Up, and at work, with so many readers; down again after the block."""
    root = Path(os.environ.get("DOCKER_ROOT", ""))
    if not root.is_absolute():
        pytest.fail("there is no Docker of its own: run `make containers`")
    (root / "etc" / "resolv.conf").write_text(f"nameserver {world.NAMES}\n", encoding="utf-8")
    with world.around(folder) as (mailbox, site):
        made = Composition(root, mailbox, site)
        shutil.copy(site.trusted, root / "srv" / "authority.pem")
        try:
            _set_up(made, readers)
            yield made
        finally:
            made.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")


def _set_up(made: Composition, readers: int) -> None:
    shutil.rmtree(made.publication, ignore_errors=True)
    made.publication.mkdir(mode=0o750)
    os.chown(made.publication, USER, 0)
    url, newsletter = f"https://{world.HOST}", "/srv/newsletter:/newsletter"
    init = ("run", "--rm", "--volume", newsletter, "upgrade", "init", "/newsletter", "--url", url)
    made.compose(*init)
    _configure(made.publication / "mailer.toml")
    began = time.monotonic()
    made.compose("up", "--detach")
    print(f"up after {time.monotonic() - began:.0f} s")
    at_work = eventually(lambda: made.compose("logs", "worker").count("at work") == 2)
    print(f"both workers at work {at_work:.0f} s later")
    file = made.publication / "readers.csv"
    rows = "".join(f"reader{number:04}@readers.example\n" for number in range(readers))
    file.write_text(f"email\n{rows}", encoding="utf-8")
    made.mailer("subscriber", "import", file.name, "--list", LIST, "--confirmed", "a form")


def _configure(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    address = 'address = "1 Example Street"\neditor = "ed@readers.example"'
    rate = f"[smtp]\nmessages_per_second = {RATE}\n"
    file.write_text(text.replace('address = ""', address).replace("[smtp]\n", rate), "utf-8")
