"""`mailer doctor` tells each check in a line, and its exit status whether there is a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]


def test_a_publication_that_is_well(mailer: Command, news: Path) -> None:
    """0, and the next step; copies go to a folder, so nobody else is asked."""
    answer = mailer("doctor")
    assert answer.status == 0
    names = [line.split()[:2] for line in answer.out.splitlines()]
    assert names == [
        ["ok", name] for name in ("configuration", "keys", "database", "disk", "worker", "relay")
    ]
    assert answer.err.startswith("next: `mailer -C ")


def test_a_fault_is_exit_status_1(mailer: Command, news: Path) -> None:
    """Counted on stderr; the same in JSON, with every field."""
    (news / "mailer.db").unlink()
    answer = mailer("doctor")
    assert answer.status == 1
    assert "fault    database       " in answer.out
    assert "(1 fault, 0 warnings)" in answer.err
    found = json.loads(mailer("doctor", "--json").out)
    assert [check["check"] for check in found if check["verdict"] == "fault"] == ["database"]
    assert all(set(check) == {"check", "verdict", "says", "record"} for check in found)


def test_a_configuration_that_cannot_be_read_is_exit_status_2(mailer: Command, news: Path) -> None:
    """As with any other command; each of its faults is a line. So is a folder that has none."""
    (news / "mailer.toml").unlink()
    nowhere = mailer("doctor")
    assert nowhere.status == 2
    assert "mailer init DIR" in nowhere.out
    (news / "mailer.toml").write_text("[publication]\n", encoding="utf-8")
    answer = mailer("doctor")
    assert answer.status == 2
    assert len(answer.out.splitlines()) >= 4
    assert all(line.startswith("fault    configuration  ") for line in answer.out.splitlines())


def test_more_is_asked_of_a_server(mailer: Command, news: Path) -> None:
    """What is well on a laptop is a fault there."""
    answer = mailer("doctor", "--deploy")
    assert answer.status == 1
    assert "fault    relay          copies go into a folder" in answer.out
    assert "fault    worker         none is at work" in answer.out
    assert answer.err.startswith("next: mend them, then `mailer -C ")
    assert "doctor --deploy` once more" in answer.err
