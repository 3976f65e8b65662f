"""At a terminal a send asks for the count, and shows how far it is."""

from __future__ import annotations

import os
import pty
import re
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warm import Warm

Command = Callable[..., Any]
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def at_terminal(
    folder: Path, answer: str, *words: str, question: str = "to send:"
) -> tuple[int, str]:
    """Run the program on a pseudo-terminal, type `answer` to the question; (status, what it
    showed)."""
    master, slave = pty.openpty()
    program = Warm(folder, {"TERM": "xterm", "COLUMNS": "120"})
    process = program.at_terminal(slave, *words)
    shown, typed = "", False
    while select.select([master], [], [], 60)[0]:
        try:
            shown += os.read(master, 4096).decode(errors="replace")
        except OSError:  # the other end is closed
            break
        if not typed and question in _ESCAPES.sub("", shown):
            os.write(master, f"{answer}\n".encode())
            typed = True
    os.close(master)
    process.communicate(timeout=60)
    return process.returncode, _ESCAPES.sub("", shown)


@pytest.mark.slow
def test_the_typed_count_sends(news: Path) -> None:
    """One sentence with date, count, subject, list and relay; then the bar."""
    status, shown = at_terminal(news, "1", "send", "issues/2021-01.md")
    assert status == 0, shown
    flat = " ".join(shown.split())
    assert re.search(r"This will send, on \w{3} \d\d \w{3} \d{4} at \d\d:\d\d UTC, 1 copy", flat)
    assert "“January” to the list monthly through folder" in flat
    assert "1/1" in shown
    assert "1 sent of 1" in shown


@pytest.mark.slow
def test_another_answer_sends_nothing(news: Path) -> None:
    """A yes out of habit is no count."""
    status, shown = at_terminal(news, "y", "send", "issues/2021-01.md")
    assert status == 2
    assert "nothing was sent" in shown
    assert not (news / "copies").exists()


@pytest.mark.slow
def test_another_address_erases_nobody(mailer: Command, news: Path) -> None:
    words = ("subscriber", "erase", "ann@example.org")
    status, shown = at_terminal(news, "bob@example.org", *words, question="for good")
    assert status == 2
    assert "not ann@example.org: nothing was erased" in " ".join(shown.split())
    assert mailer("subscriber", "show", "ann@example.org").status == 0


@pytest.mark.slow
def test_a_cancel_is_agreed_to(mailer: Command, news: Path) -> None:
    """The copies that are left are counted; a no leaves them."""
    mailer("send", "issues/2021-01.md", "--queue", "--yes")
    words = ("dispatch", "cancel", "1")
    for answer, status, state in (("n", 2, "open"), ("y", 0, "cancelled")):
        ended, shown = at_terminal(news, answer, *words, question="for good?")
        assert ended == status, shown
        assert "issue 2021-01 to monthly: 1 copy of 1 left" in " ".join(shown.split())
        assert f'"state": "{state}"' in mailer("dispatch", "status", "--json").out


@pytest.mark.slow
def test_an_import_and_an_export_show_how_far_they_are(news: Path) -> None:
    file, copy = news / "some.csv", news / "copy.csv"
    file.write_text("email\n" + "".join(f"r{n}@example.org\n" for n in range(40)), encoding="utf-8")
    status, shown = at_terminal(news, "", "subscriber", "import", str(file))
    assert status == 0, shown
    assert re.search(r"rows read +40", shown)
    assert re.search(r"people stored +40", shown)
    status, shown = at_terminal(news, "", "subscriber", "export", "--out", str(copy))
    assert status == 0, shown
    assert re.search(r"people written +4[0-9]", shown)
