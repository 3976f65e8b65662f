"""`mailer issue import` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]
TEXT = """Notes for June

A word of welcome, which ends here.

First thing

Links: paper / code

A paragraph about the first thing.

Thanks for reading!

All articles
"""


def test_a_text_becomes_an_issue_that_the_check_takes(
    mailer: Command, news: Path, tmp_path: Path
) -> None:
    """Nothing but the addresses that it does not have is missing; twice asks for --force."""
    source, out = tmp_path / "june.txt", news / "issues" / "2022-06.md"
    source.write_text(TEXT, encoding="utf-8")
    answer = mailer("issue", "import", str(source), "--out", str(out), "--json")
    assert answer.status == 0
    told = json.loads(answer.out)
    assert told["title"] == "Notes for June"
    assert told["outline"] == "intro · 1 item · sign-off"
    assert told["left_out"] == ["All articles"]
    assert "issue check" in answer.err
    checked = mailer("issue", "check", str(out), "--json")
    assert checked.status == 0
    rules = [finding["rule"] for finding in json.loads(checked.out)]
    assert sorted(rules) == ["link-line-text", "link-line-text", "preheader-missing"]
    again = mailer("issue", "import", str(source), "--out", str(out))
    assert (again.status, again.err.count("\n")) == (2, 1)
    assert "--force" in again.err
    replaced = mailer("issue", "import", str(source), "--out", str(out), "--force")
    assert "left out: All articles" in replaced.out


def test_what_is_none_is_one_line(mailer: Command, news: Path, tmp_path: Path) -> None:
    """No traceback, and no file."""
    source, out = tmp_path / "a.zip", tmp_path / "a.md"
    source.write_bytes(b"PK\x03\x04 no more")
    answer = mailer("issue", "import", str(source), "--out", str(out))
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert "broken zip file" in answer.err
    assert not out.exists()


def test_wishes_that_cannot_be_met_are_one_line(
    mailer: Command, news: Path, tmp_path: Path
) -> None:
    """A language that the check would refuse, a post of a source that has but one."""
    source, out = tmp_path / "june.txt", tmp_path / "a.md"
    source.write_text(TEXT, encoding="utf-8")
    answer = mailer("issue", "import", str(source), "--out", str(out), "--lang", "klingon")
    assert answer.status == 2
    assert answer.err == "mailer: --lang klingon: is no language: write one such as en or pt-BR\n"
    answer = mailer("issue", "import", str(source), "--out", str(out), "--post", "3")
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert "is one post, and none of that number or title: leave --post out" in answer.err
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as packed:
        packed.writestr("a.html", "<p>One")
        packed.writestr("b.html", "<p>Two")
    answer = mailer("issue", "import", str(tmp_path / "two.zip"), "--out", str(out))
    assert "has 2 posts: choose with --post NUMBER: 1 “a”, 2 “b”\n" in answer.err
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_the_one_that_was_asked_for(
    mailer: Command, news: Path, tmp_path: Path
) -> None:
    """And not the temporary one beside it."""
    source = tmp_path / "june.txt"
    source.write_text(TEXT, encoding="utf-8")
    out = tmp_path / f"{'x' * 250}.md"
    answer = mailer("issue", "import", str(source), "--out", str(out))
    assert answer.status == 1
    assert answer.err == f"mailer: {out}: File name too long\n"


def test_importing_does_not_load_the_database() -> None:
    """Half of the time that an editor would wait."""
    code = "import sys, mailer.premises, mailer.desk.importing\nprint('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
