"""What may be wrong with PostgreSQL, each in one line that holds no password."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from pooler import running_pgbouncer
from postgresql import Server

from mailer import migrations
from mailer.database import Database
from mailer.database.postgresql import FORSAKEN
from mailer.errors import DatabaseBusy, DatabaseError, DatabaseReadOnly

pytestmark = pytest.mark.postgresql
Opened = Callable[..., Database]
LOOK = "client_connection_check_interval"


@pytest.fixture
def url(postgresql_server: Server) -> str:
    return postgresql_server.empty()


def refused(opened: Opened, url: str) -> str:
    with pytest.raises(DatabaseError) as error, opened(url).read() as c:
        c.exec_driver_sql("SELECT * FROM lists")
    text = str(error.value)
    assert "secret" not in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("mailer:secret@127.0.0.1:1/news", "nobody answers there: is PostgreSQL running?"),
        ("mailer:secret@/news?host=/nowhere", "/news?host=/nowhere: nobody answers there: is"),
        ("mailer@/news?host=%2Fnowhere&password=secret", "/news?host=/nowhere: nobody answers"),
        ("mailer:secret@/nothing?host={folder}", "no such user or database: make them with"),
        ("nobody:secret@/postgres?host={folder}", "no such user or database: make them with"),
        ("mailer:secret@/postgres?host={folder}", "not set up yet: run `mailer db upgrade`"),
        ("mailer:secret@/postgres?hosts={folder}", "what stands behind its ? is none of libpq's"),
    ],
)
def test_a_database_that_is_not_there_is_told(
    opened: Opened, postgresql_server: Server, where: str, told: str
) -> None:
    """No server, no user, no database, no tables."""
    url = f"postgresql+psycopg://{where.format(folder=postgresql_server.folder)}"
    assert told in refused(opened, url)


def test_a_password_that_is_wrong_is_told(
    opened: Opened, postgresql_server: Server, url: str
) -> None:
    """The message names the setting, not the password."""
    name = sa.make_url(url).database
    rules = postgresql_server.folder / "data/pg_hba.conf"
    before = rules.read_text()
    admin = opened(postgresql_server.url("postgres"))
    with admin.write() as c:
        c.exec_driver_sql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    rules.write_text(f"local {name} guarded scram-sha-256\n{before}")
    try:
        with admin.write() as c:
            c.exec_driver_sql("SELECT pg_reload_conf()")
        guarded = url.replace("mailer@", "guarded:secret@")
        assert "it refuses our login" in refused(opened, guarded)
    finally:
        rules.write_text(before)
        with admin.write() as c:
            c.exec_driver_sql("DROP ROLE guarded")
            c.exec_driver_sql("SELECT pg_reload_conf()")


def test_a_replica_takes_no_writes(opened: Opened, url: str) -> None:
    """Or whoever made the database read-only."""
    database = opened(f"{url}&options=-cdefault_transaction_read_only%3Don")
    with pytest.raises(DatabaseReadOnly, match="read-only"), database.write() as c:
        c.exec_driver_sql("CREATE TABLE x (y int)")


def test_what_another_program_locks_is_not_waited_for_for_ever(opened: Opened, url: str) -> None:
    """The patience is that of SQLite's turnstile."""
    migrations.upgrade(url)
    holder, other = opened(url), opened(url, busy_seconds=0.05)
    with holder.write() as c:
        c.exec_driver_sql("LOCK TABLE lists")
        with pytest.raises(DatabaseBusy, match="locked"), other.write() as c2:
            c2.exec_driver_sql("LOCK TABLE lists")


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(opened: Opened, url: str) -> None:
    """A deadlock is nothing that a traceback helps with."""
    migrations.upgrade(url)
    database, both = opened(url), threading.Barrier(2)
    told: list[Exception] = []

    def lock(first: str, second: str) -> None:
        try:
            with database.write() as c:
                c.exec_driver_sql("SET LOCAL deadlock_timeout = '20ms'")
                c.exec_driver_sql(f"LOCK TABLE {first}")
                both.wait(10)
                c.exec_driver_sql(f"LOCK TABLE {second}")
        except DatabaseError as error:
            told.append(error)

    names = ("lists", "editions")
    threads = [threading.Thread(target=lock, args=order) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [type(error) for error in told] == [DatabaseBusy]


def test_a_connection_that_the_server_ended_is_made_anew(opened: Opened, url: str) -> None:
    """A restart of PostgreSQL costs at most what was under way."""
    database = opened(url)
    with database.read() as c:
        pid = c.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with opened(url).write() as c:
        c.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    with database.read() as c:
        assert c.exec_driver_sql("SELECT 1").scalar() == 1


def test_behind_a_pooler_each_transaction_may_have_another_connection(
    opened: Opened, postgresql_server: Server, url: str
) -> None:
    """What the driver prepares for one of them, as it does with what comes again, the next one does
    not know, or has from somebody else."""
    with running_pgbouncer(postgresql_server) as pooled:
        here, there = (opened(f"{url.partition('?')[0]}?{pooled}") for _ in range(2))
        for number in range(8):
            for database in (here, there):
                with database.write() as c:
                    assert c.scalar(sa.select(sa.literal(number) + 1)) == number + 1


def test_without_its_driver_the_package_is_named(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """psycopg is an extra: who stays with SQLite needs none."""
    there = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return there(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(DatabaseError, match=r"newsletter-mailer\[postgres\]"):
        opened("postgresql+psycopg://mailer:secret@/news")


def test_a_session_asks_to_be_missed(opened: Opened, url: str) -> None:
    """The server looks after its client, and what a writer that vanished has locked gets free."""
    with opened(url).write() as c:
        told = [c.exec_driver_sql(f"SHOW {name}").scalar() for name in (LOOK, FORSAKEN)]
    assert told == ["2s", "8s"]
