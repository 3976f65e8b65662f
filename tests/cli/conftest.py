from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import newsroom
import pytest

from mailer.cli.main import run
from subscribers.model import Consent, SubscriptionStatus


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


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `news` is a copy of."""
    made = newsroom.make(tmp_path_factory.mktemp("laid-out") / "news")
    made.file.write_text(ISSUE, encoding="utf-8")
    evidence = Consent("added by the editor", "a form")
    status, now = SubscriptionStatus.CONFIRMED, made.app.now()
    made.app.store.add("ann@example.org", "monthly", {}, evidence, status, now)
    made.app.database.close()
    return made.app.folder


@pytest.fixture
def news(laid_out: Path, tmp_path: Path) -> Path:
    """A publication with one issue and one confirmed reader; copies go to a folder."""
    return Path(shutil.copytree(laid_out, tmp_path / "news"))
