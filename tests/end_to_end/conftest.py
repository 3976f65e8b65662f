from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import slowly
from program import Program
from slowly import Slow

from mailer.ops.catcher import Catcher


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with Catcher() as caught:
        yield caught


@pytest.fixture
def program(tmp_path: Path, catcher: Catcher) -> Program:
    """The example publication with its 500 readers; its relay is the catcher."""
    program = Program(tmp_path / "publication")
    program.ok("init", str(program.folder), "--example")
    program.configure("smtp://localhost:1025", catcher.url)
    csv = str(program.folder / "subscribers.csv")
    program.ok("subscriber", "import", csv, "--confirmed", "the example's form")
    return program


@pytest.fixture
def slow() -> Iterator[Slow]:
    with Slow() as caught:
        yield caught


@pytest.fixture
def news(tmp_path: Path, slow: Slow) -> Program:
    return slowly.publication(tmp_path, slow.url)
