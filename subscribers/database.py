"""What the store needs of a database, and what the two kinds say differently."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from subscribers.instant import Instant


class Database(Protocol):
    """`write()` commits at the end of its block and rolls back on an error."""

    def read(self) -> AbstractContextManager[sa.Connection]: ...

    def write(self) -> AbstractContextManager[sa.Connection]: ...


def has_server(database: Database) -> bool:
    """Whether it works in a process of its own: SQLite's work is ours."""
    with database.read() as connection:
        return connection.dialect.name != "sqlite"


def writers(database: Database) -> int:
    """How many transactions can write at once: SQLite has one writer. (PostgreSQL has many; two
    keep it busy while a program makes the next ready.)"""
    return 2 if has_server(database) else 1


_FOR_A_PAGE = "max_parallel_workers_per_gather = 0", "jit = off", "work_mem = '256MB'"


def for_a_page(connection: sa.Connection) -> None:
    """Until the transaction ends PostgreSQL reads without helpers and without a compiler, since to
    call either takes longer than a page of rows, and with room for a long list that the rows are
    compared with."""
    if connection.dialect.name == "postgresql":
        for setting in _FOR_A_PAGE:
            connection.exec_driver_sql(f"SET LOCAL {setting}")


def by_index(connection: sa.Connection) -> None:
    """Until the transaction ends PostgreSQL looks people up by its indexes, one after the other:
    for some thousand of many it would rather read whole tables."""
    if connection.dialect.name == "postgresql":
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")


def insert_one(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing done, where one stands in its way."""
    statement = insert_missing(connection, table).values(values).returning(table.c.id)
    return connection.scalar(statement) is not None


def insert_missing(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that leaves a row alone which is already there, in the connection's dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_or_update(
    connection: sa.Connection, table: sa.Table, key: str, columns: Iterable[str]
) -> sa.Insert:
    """An INSERT that writes `columns` also where a row of that key is there already."""
    statement: sqlite.Insert | postgresql.Insert = (
        sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    )
    written = {name: statement.excluded[name] for name in columns if name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=written)


class moment(sa.sql.functions.GenericFunction[dt.datetime]):
    """The database's own time, so that a query need not be told it."""

    name = "moment"
    inherit_cache = True
    type = Instant()


@compiles(moment, "sqlite")
def _moment_of_sqlite(_element: moment, _compiler: SQLCompiler, **_options: Any) -> str:
    """2440587.5 is the Julian day of 1970-01-01; a day has 86,400,000 ms, all that SQLite
    resolves."""
    return "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"


@compiles(moment, "postgresql")
def _moment_of_postgresql(_element: moment, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class octets(sa.sql.functions.GenericFunction[int]):
    """How many octets a text has in UTF-8."""

    name = "octet_length"
    inherit_cache = True
    type = sa.Integer()


@compiles(octets, "sqlite")
def _octets(element: octets, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite has `octet_length` from 3.43 on."""
    return f"length(CAST({compiler.process(element.clauses, **options)} AS BLOB))"


def among(
    connection: sa.Connection, column: sa.Column[str], values: Collection[str]
) -> sa.ColumnElement[bool]:
    """Whether a text is one of many: bound as one value, which is quicker than each by itself."""
    many = list(values)
    if connection.dialect.name == "sqlite":
        each = sa.func.json_each(json.dumps(many)).table_valued("value")
        return column.in_(sa.select(each.c.value))
    # Not the driver's array: it takes longer over each text than the server over all.
    given = sa.func.json_array_elements_text(sa.bindparam(None, many, type_=postgresql.JSON))
    return column == sa.any_(sa.func.array(sa.select(given.column_valued()).scalar_subquery()))


class domain_part(sa.sql.functions.GenericFunction[str]):
    """Of an address key, from its `@` on."""

    name = "domain_part"
    inherit_cache = True
    type = sa.Text()


@compiles(domain_part, "sqlite")
def _domain_in_sqlite(element: domain_part, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"substr({key}, instr({key}, '@'))"


@compiles(domain_part, "postgresql")
def _domain_in_postgresql(element: domain_part, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"substr({key}, strpos({key}, '@'))"


def json_members(connection: sa.Connection, column: sa.ColumnElement[Any]) -> sa.TableValuedAlias:
    """The members of a JSON object, as rows with the column `key`."""
    is_sqlite = connection.dialect.name == "sqlite"
    each = sa.func.json_each if is_sqlite else sa.func.jsonb_each_text
    return each(column).table_valued(sa.column("key", sa.Text), name="members")


def has_others(
    connection: sa.Connection, column: sa.ColumnElement[Any], names: Collection[str]
) -> sa.ColumnElement[bool]:
    """Whether a JSON object has members besides those: quicker on PostgreSQL than to list them."""
    if connection.dialect.name == "sqlite":
        return sa.exists().where(json_members(connection, column).c.key.not_in(names))
    rest = column.op("-", return_type=postgresql.JSONB())(
        sa.cast(list(names), postgresql.ARRAY(sa.Text))
    )
    return rest != sa.literal({}, postgresql.JSONB)


class extended(sa.sql.functions.GenericFunction[Any]):
    """An object of JSON with more in it: names and texts, in turn."""

    name = "extended"
    inherit_cache = True


@compiles(extended, "sqlite")
def _extended_sqlite(element: extended, compiler: SQLCompiler, **options: Any) -> str:
    first, *more = (compiler.process(each, **options) for each in element.clauses)
    return f"json_patch({first}, json_object({', '.join(more)}))"


@compiles(extended, "postgresql")
def _extended_postgresql(element: extended, compiler: SQLCompiler, **options: Any) -> str:
    first, *more = (compiler.process(each, **options) for each in element.clauses)
    texts = ", ".join(f"({each})::text" for each in more)
    return f"({first} || jsonb_build_object({texts}))"
