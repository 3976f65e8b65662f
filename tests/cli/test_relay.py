"""`mailer relay`: out of use, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

RELAYS = """
[[smtp.relays]]
name = "main"
url = "folder:copies"
weight = 3
[[smtp.relays]]
name = "spare"
url = "folder:others"
"""


@pytest.fixture
def several(news: Path) -> Path:
    """Two relays, both of them folders."""
    file = news / "mailer.toml"
    before, _, rest = file.read_text(encoding="utf-8").partition("[smtp]")
    after = rest.partition("\n[")[2]
    file.write_text(f"{before}{RELAYS}" + (f"\n[{after}" if after else ""), encoding="utf-8")
    return news


def drained(mailer: Command) -> dict[str, bool]:
    return {
        each["name"]: each["drained"] is not None
        for each in json.loads(mailer("relay", "list", "--json").out)
    }


def test_a_relay_is_drained_and_restored(mailer: Command, several: Path) -> None:
    """A test copy goes through the other meanwhile."""
    assert drained(mailer) == {"main": False, "spare": False}
    answer = mailer("relay", "drain", "main")
    assert (answer.status, answer.out) == (0, "main: drained\n")
    assert drained(mailer) == {"main": True, "spare": False}
    mailer("send", "issues/2021-01.md", "--test", "you@example.org")
    assert len(list((several / "others").glob("*.eml"))) == 1
    assert mailer("relay", "restore", "main").out == "main: in use\n"
    assert mailer("relay", "restore", "main").out == "main: in use already\n"
    assert drained(mailer) == {"main": False, "spare": False}


def test_the_last_one_is_drained_with_a_word(mailer: Command, several: Path) -> None:
    mailer("relay", "drain", "main")
    assert "warning  relay          main: is drained" in mailer("doctor").out
    answer = mailer("relay", "drain", "spare")
    assert answer.status == 0
    assert "no relay is left" in answer.err
    assert "drained since" in mailer("relay", "list").out


def test_a_relay_that_there_is_not(mailer: Command, several: Path) -> None:
    answer = mailer("relay", "drain", "mains")
    assert (answer.status, answer.out) == (2, "")
    assert "relay 'mains': there is none of that name: use one of main, spare" in answer.err
