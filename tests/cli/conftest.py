from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.cli.main import run


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def mailer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command line, in this process, in the publication's folder; nobody is at the terminal."""

    def command(*words: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            run(["-C", str(tmp_path / "news"), *words])
        printed = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Answer(code, printed.out, printed.err)

    return command


ISSUE = """---
id: 2021-01
title: "January"
date: 2021-01-31
---
Hello {{ first_name | default("reader") }}.

## An item
Availability: [project page](https://example.org/a)

A paragraph.

---
Bye.
"""


@pytest.fixture
def news(mailer: Command, tmp_path: Path) -> Path:
    """A publication with one issue and one confirmed reader; copies go to a folder."""
    folder = tmp_path / "news"
    assert mailer("init", str(folder)).status == 0
    toml = (folder / "mailer.toml").read_text(encoding="utf-8")
    toml = toml.replace('address = ""', 'address = "1 Example Street"')
    toml = toml.replace("smtp://localhost:25", "folder:copies")
    (folder / "mailer.toml").write_text(toml, encoding="utf-8")
    (folder / "issues" / "2021-01.md").write_text(ISSUE, encoding="utf-8")
    assert mailer("subscriber", "add", "ann@example.org", "--confirmed", "a form").status == 0
    return folder
