from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `program` is a copy of."""
    made = Program(tmp_path_factory.mktemp("example") / "publication")
    made.ok("init", str(made.folder), "--example")
    csv = str(made.folder / "subscribers.csv")
    made.ok("subscriber", "import", csv, "--confirmed", "the example's form")
    return made.folder


@pytest.fixture
def program(example: Path, tmp_path: Path, catcher: Catcher) -> Program:
    """The example publication with its 500 readers; its relay is the catcher."""
    program = Program(Path(shutil.copytree(example, tmp_path / "publication")))
    program.configure("smtp://localhost:1025", catcher.url)
    return program


@pytest.fixture
def slow() -> Iterator[Slow]:
    with Slow() as caught:
        yield caught


@pytest.fixture
def news(tmp_path: Path, slow: Slow) -> Program:
    return slowly.publication(tmp_path, slow.url)
