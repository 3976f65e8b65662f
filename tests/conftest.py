from __future__ import annotations

import contextlib
import gc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import newsroom
import postgresql
import publication
import pytest
from databases import Databases, Files
from hypothesis import HealthCheck, settings

from mailer.database import Database

# A busy machine is no failure: no test has a time limit.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


def pytest_configure() -> None:
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Thousands of tests are in memory until the end: to look among them for garbage again and
    again takes a fifth of the time of all of them."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `both_databases` runs on SQLite and on PostgreSQL, all else on SQLite."""
    if "databases" in metafunc.fixturenames and metafunc.definition.get_closest_marker(
        "both_databases"
    ):
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("databases", kinds, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A process takes file after file: long tests first, then files of many, lest one is left with
    a long file when the others are through."""
    long = Counter(item.path for item in items if {"slow", "browser"} & set(item.keywords))
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (long[item.path], many[item.path]), reverse=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """One for all tests of this process: it starts in a second."""
    with postgresql.running_postgresql() as server:
        yield server


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Gives out fresh databases of one kind, see `pytest_generate_tests`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Files(tmp_path)
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    yield server
    server.take_back()


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A fresh database in this program's shape."""
    return databases.migrated()


@pytest.fixture
def opened() -> Iterator[Callable[..., Database]]:
    """Makes a Database, and closes it in the end."""
    with contextlib.ExitStack() as stack:
        yield lambda *url, **more: stack.enter_context(contextlib.closing(Database(*url, **more)))


@pytest.fixture
def bench_of(databases: Databases, tmp_path: Path) -> Iterator[Callable[[int], publication.Bench]]:
    """Makes a database with so many confirmed readers on the list `monthly`."""
    made: list[publication.Bench] = []

    def make(readers: int = 0) -> publication.Bench:
        made.append(publication.make(databases.migrated(), tmp_path, readers))
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
