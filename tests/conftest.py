from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import newsroom
import publication
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

# A busy machine is no failure: no test has a time limit.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")

_POSTGRESQL = os.environ.get("MAILER_TEST_POSTGRESQL")


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A fresh SQLite file. With MAILER_TEST_POSTGRESQL=postgresql+psycopg://… the same tests run
    there, each in a schema of its own."""
    if _POSTGRESQL is None:
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    schema = f"test_{uuid.uuid4().hex}"
    engine = sa.create_engine(_POSTGRESQL)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    options = {"options": f"-csearch_path={schema}"}
    url = sa.make_url(_POSTGRESQL).update_query_dict(options)
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()


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


@pytest.fixture(name="newsroom")
def newsroom_(tmp_path: Path) -> Iterator[newsroom.Newsroom]:
    """A publication with January's issue; copies go to a folder."""
    made = newsroom.make(tmp_path / "news")
    yield made
    made.app.database.close()
