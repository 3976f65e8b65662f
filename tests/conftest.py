from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import publication
import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: no test has a time limit.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


@pytest.fixture
def bench_of(tmp_path: Path) -> Iterator[Callable[[int], publication.Bench]]:
    """Makes a database with so many confirmed readers on the list `monthly`."""
    made: list[publication.Bench] = []

    def make(readers: int = 0) -> publication.Bench:
        made.append(publication.make(tmp_path, readers))
        return made[-1]

    yield make
    for bench in made:
        bench.database.close()
