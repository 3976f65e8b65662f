from __future__ import annotations

from collections.abc import Callable

import publication
import pytest
import readers


@pytest.fixture
def site(bench_of: Callable[[int], publication.Bench]) -> readers.Readers:
    """A publication with Anne on two lists, its pages and nothing sent yet."""
    return readers.make(bench_of(0))
