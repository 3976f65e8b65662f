from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import slowly
from program import Program
from slowly import Slow
from warm import Warm

from mailer.desk import setup
from mailer.ops.catcher import Catcher
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with Catcher() as caught:
        yield caught


@pytest.fixture
def program(tmp_path: Path, catcher: Catcher) -> Program:
    """The example publication with the first 100 of its readers; its relay is the catcher."""
    program = Warm(tmp_path / "publication")
    app = setup.init(program.folder, example=True)
    with (app.folder / "subscribers.csv").open("rb") as readers:
        first = tmp_path / "first.csv"
        first.write_bytes(b"".join(itertools.islice(readers, 1 + 100)))
    import_file(app.store, first, "monthly", Wishes(confirmed="the example's form"), app.now())
    app.database.close()
    program.configure("smtp://localhost:1025", catcher.url)
    return program


@pytest.fixture
def slow() -> Iterator[Slow]:
    with Slow() as caught:
        yield caught


@pytest.fixture
def news(tmp_path: Path, slow: Slow) -> Program:
    return slowly.publication(tmp_path, slow.url)
