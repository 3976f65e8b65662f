from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import publication
import pytest
import readers
import reception


@pytest.fixture
def site(bench_of: Callable[[int], publication.Bench]) -> readers.Readers:
    """A publication with Anne on two lists, its pages and nothing sent yet."""
    return readers.make(bench_of(0))


@pytest.fixture
def front(tmp_path: Path) -> Iterator[reception.Reception]:
    """A publication with its pages, whose mails go into a folder."""
    made = reception.make(tmp_path / "news")
    yield made
    made.app.database.close()
