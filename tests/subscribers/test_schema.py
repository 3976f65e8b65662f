from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from mailer.database import Database
from subscribers import schema
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

_DIALECTS: list[sa.Dialect] = [dialect() for dialect in (sqlite.dialect, postgresql.dialect)]
_AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)


def _insert(database: Database, table: sa.Table, **values: Any) -> int:
    with database.write() as connection:
        inserted = connection.execute(sa.insert(table).values(**values))
        return int(inserted.inserted_primary_key[0])  # type: ignore[index]  # never None here


def _person(database: Database, key: str) -> int:
    times = {"created_at": _AT, "updated_at": _AT}
    return _insert(
        database, schema.subscribers, email=key, email_key=key, attributes={"a": "é"}, **times
    )


def _subscription(database: Database, subscriber_id: int, token: bytes, status: str) -> int:
    return _insert(
        database,
        schema.subscriptions,
        subscriber_id=subscriber_id,
        list_id=1,
        status=status,
        token=token,
        created_at=_AT,
    )


def test_the_id_of_somebody_who_is_gone_never_means_somebody_else(
    database: Database, store: Store
) -> None:
    first = _person(database, "a@example.org")
    with database.write() as connection:
        connection.execute(sa.delete(schema.subscribers))
    assert _person(database, "b@example.org") > first


def test_a_person_is_there_once(database: Database, store: Store) -> None:
    _person(database, "a@example.org")
    with pytest.raises(IntegrityError):
        _person(database, "a@example.org")


def test_a_token_belongs_to_one_subscription(database: Database, store: Store) -> None:
    one, two = _person(database, "a@example.org"), _person(database, "b@example.org")
    _subscription(database, one, b"0123456789abcdef", "pending")
    with pytest.raises(IntegrityError):
        _subscription(database, two, b"0123456789abcdef", "pending")


def test_a_person_is_on_a_list_once(database: Database, store: Store) -> None:
    one = _person(database, "a@example.org")
    _subscription(database, one, b"0123456789abcdef", "pending")
    with pytest.raises(IntegrityError):
        _subscription(database, one, b"fedcba9876543210", "pending")


@pytest.mark.parametrize(
    ("token", "status"), [(b"0123456789abcdef", "cleaned"), (b"short", "pending")]
)
def test_the_database_itself_refuses_what_no_code_may_write(
    database: Database, store: Store, token: bytes, status: str
) -> None:
    one = _person(database, "a@example.org")
    with pytest.raises(IntegrityError):
        _subscription(database, one, token, status)


@pytest.mark.parametrize("list_id", [None, 1])
def test_a_suppression_is_there_once_for_a_list_and_once_for_all(
    database: Database, store: Store, list_id: int | None
) -> None:
    values = {
        "email_key": "a@example.org",
        "list_id": list_id,
        "reason": "manual",
        "source": "",
        "created_at": _AT,
    }
    _insert(database, schema.suppressions, **values)
    _insert(database, schema.suppressions, **{**values, "list_id": 2})
    with pytest.raises(IntegrityError):
        _insert(database, schema.suppressions, **values)


@pytest.mark.parametrize("dialect", _DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=str)
def test_every_table_and_constraint_has_a_name_on_both_databases(
    table: sa.Table, dialect: sa.Dialect
) -> None:
    """Without a name a later migration could not alter it."""
    statement = str(CreateTable(table).compile(dialect=dialect))
    for kind in ("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK"):
        for line in statement.splitlines():
            named = line.strip().startswith("CONSTRAINT") or "AUTOINCREMENT" in line
            assert named or not line.strip().startswith(kind)
    assert all(index.name for index in table.indexes)
