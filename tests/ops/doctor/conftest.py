from __future__ import annotations

from collections.abc import Iterator

import nameserver
import pytest
from nameserver import Zone


@pytest.fixture
def zone() -> Iterator[Zone]:
    with nameserver.serving() as zone:
        yield zone
