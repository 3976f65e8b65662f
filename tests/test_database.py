"""The database takes turns, and says in one line what is wrong with it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Databases

from mailer import migrations
from mailer.database import Database
from mailer.database.turnstile import Turnstile
from mailer.errors import DatabaseBusy, DatabaseError, DatabaseReadOnly

both_databases = pytest.mark.both_databases
Opened = Callable[..., Database]


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def insert(database: Database, *names: str) -> None:
    row = "INSERT INTO lists (name, title, list_id, created_at) VALUES (:name, '', :name, 0)"
    with database.write() as c:
        for name in names:
            c.execute(sa.text(row), {"name": name})


def test_a_write_is_durable_and_foreign_keys_hold(opened: Opened, url: str) -> None:
    """WAL, synchronous=FULL and foreign keys are on for every connection."""
    with opened(url).read() as c:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1]


@both_databases
def test_an_error_rolls_the_whole_transaction_back(opened: Opened, url: str) -> None:
    """Nothing half written: the second name is taken."""
    database = opened(url)
    with pytest.raises(sa.exc.IntegrityError):
        insert(database, "a", "b", "a")
    with database.read() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM lists").scalar() == 0


def test_a_database_locked_by_another_program_is_told(opened: Opened, url: str) -> None:
    """Somebody else's transaction, outside our turnstile."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy, match="locked by another program"):
        insert(opened(url, busy_seconds=0.05), "a")
    other.execute("ROLLBACK")
    other.close()


def test_a_holder_that_does_not_move_on_is_not_waited_for_for_ever(
    opened: Opened, url: str
) -> None:
    """The turnstile has the same patience as the database."""
    database = opened(url, busy_seconds=0.05)
    turnstile = Turnstile(database.path, 1)
    with turnstile.pass_through(), pytest.raises(DatabaseBusy, match="locked"):
        insert(database, "a")
    insert(database, "a")


def test_a_read_only_database_is_told(opened: Opened, url: str) -> None:
    """SQLite's own refusal becomes one line."""
    database = opened(url)

    def query_only(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=1").close()

    sa.event.listen(database.engine, "connect", query_only)
    with pytest.raises(DatabaseReadOnly, match="read-only: give yourself the right"):
        insert(database, "a")


def test_a_folder_that_is_not_there_is_told(opened: Opened, tmp_path: Path) -> None:
    """No traceback of the driver's."""
    with pytest.raises(DatabaseError, match="cannot be"):
        insert(opened(f"sqlite:///{tmp_path / 'nowhere' / 'mailer.db'}"), "a")


@both_databases
def test_a_database_without_tables_asks_for_an_upgrade(
    opened: Opened, databases: Databases
) -> None:
    """Whatever reads it."""
    database = opened(databases.empty())
    with pytest.raises(DatabaseError, match="run `mailer db upgrade`"):
        migrations.require_current(database)
    with pytest.raises(DatabaseError, match="run `mailer db upgrade`"):
        insert(database, "a")


@both_databases
def test_writers_of_many_threads_all_get_their_turn(opened: Opened, url: str) -> None:
    """Every one of 8 × 20 writes is there."""
    database = opened(url)

    def write(worker: int) -> None:
        for number in range(20):
            insert(database, f"{worker}-{number}")

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM lists").scalar() == 160


@both_databases
def test_an_upgrade_of_a_current_database_changes_nothing(url: str) -> None:
    """It can be run at every start."""
    assert migrations.upgrade(url) == (migrations.head(), migrations.head())


@both_databases
def test_a_database_of_another_release_is_refused(opened: Opened, databases: Databases) -> None:
    """An older program must not write into a newer shape."""
    url = databases.empty()
    migrations.upgrade(url)
    database = opened(url)
    with database.write() as c:
        c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="has revision 9999, this program needs"):
        migrations.require_current(database)


def test_a_pen_keeps_its_connection_until_something_goes_wrong(tmp_path: Path) -> None:
    """Each block is a transaction of its own; after a failure a new connection goes on."""
    database = Database(f"sqlite:///{tmp_path}/news.db")
    pen = database.pen()
    with pen.write() as first:
        first.exec_driver_sql("CREATE TABLE told (word)")
    with pen.write() as second:
        second.exec_driver_sql("INSERT INTO told VALUES ('kept')")
    assert first is second

    def spoil() -> None:
        with pen.write() as broken:
            broken.exec_driver_sql("INSERT INTO told VALUES ('undone')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoil()
    with pen.write() as third:
        assert third.exec_driver_sql("SELECT word FROM told").all() == [("kept",)]
    assert third is not second
    pen.put_down()
    with database.write() as c:  # nobody holds the turnstile or the file
        c.exec_driver_sql("DROP TABLE told")
    database.close()
