"""What a command loads before it does its work: an editor waits for that each time, and for most
commands for nothing else. Each tier of `premises`, `records` and `app` keeps out what is above."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from program import environment

JANUARY = "issues/2021-01.md"
SENDING = ("mailer.sender", "mailer.web", "cryptography", "starlette", "alembic")
COMPOSING = ("mailer.composer.compose", "premailer", "cssutils", "babel", "markdown_it", "PIL")

_CODE = """
import contextlib, io, sys
from mailer.cli.main import run
seen = set()
for words in {commands}:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            run(["-C", sys.argv[1], *words])
    except SystemExit as ended:
        assert not ended.code, words
    for name in sorted(set({unwanted}) & sys.modules.keys() - seen):
        print(*words, "loads", name)
        seen.add(name)
"""


def loaded(folder: Path, commands: list[tuple[str, ...]], unwanted: tuple[str, ...]) -> list[str]:
    """What was loaded of the unwanted, with the command that did it first: they run one after the
    other in one process."""
    code = _CODE.format(commands=commands, unwanted=unwanted)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_needs_no_database_loads_none(news: Path) -> None:
    commands = [
        ("item", "add", "https://example.org/a", "--title", "A"),
        ("item", "list"),
        ("issue", "new", "2021-02"),
    ]
    unwanted = (*SENDING, *COMPOSING, "sqlalchemy", "feedparser")
    assert loaded(news, commands, unwanted) == []


def test_what_neither_composes_nor_sends_loads_nothing_for_that(news: Path) -> None:
    """The database it does: so it is seen that what is loaded is seen."""
    commands = [
        ("list", "create", "weekly"),
        ("list", "show", "monthly"),
        ("list", "all"),
        ("attribute", "define", "age", "--kind", "number"),
        ("segment", "create", "some", "sample 1"),
        ("segment", "all"),
        ("subscriber", "add", "bob@example.org"),
        ("subscriber", "edit", "bob@example.org", "--set", "age=40"),
        ("subscriber", "show", "bob@example.org"),
        ("subscriber", "unsubscribe", "bob@example.org"),
        ("subscriber", "suppress", "bob@example.org"),
        ("subscriber", "erase", "bob@example.org", "--yes"),
        ("dispatch", "list"),
        ("db", "check"),
        ("issue", "list"),
    ]
    unwanted = (*SENDING, *COMPOSING, "lxml", "nh3", "jinja2", "sqlalchemy")
    assert loaded(news, commands, unwanted) == ["list create weekly loads sqlalchemy"]


def test_what_composes_loads_nothing_to_send(news: Path) -> None:
    commands = [("issue", "links"), ("issue", "check", JANUARY), ("issue", "approve", JANUARY)]
    assert loaded(news, commands, (*SENDING, "pygments")) == []
