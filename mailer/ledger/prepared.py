"""Statements that run many times a second: compiled once, executed by the driver's own cursor, in
one step each.

What Core spends on each execution (the cache key, the list in an IN, the conversion of values, the
result) is several times SQLite's own work. And SQLite's driver gives up the interpreter at every
row that it reads or writes: beside a busy event loop each of these waits for its turn. So many rows
are read as one value and written by one statement. Whoever uses these converts the values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_MOST = 256  # rows in one statement; SQLite joins 500 selects at most
Row = tuple[Any, ...]
Rows = list[Sequence[Any]]
Query = sa.Select[*tuple[Any, ...]]
Statement = Query | sa.Update | sa.Insert


class Hex(FunctionElement[str]):
    """Octets as hexadecimal digits: JSON has no octets."""

    inherit_cache = True
    name = "hex"


@compiles(Hex, "postgresql")
def _encode(element: Hex, compiler: sa.Compiled, **more: Any) -> str:
    return f"upper(encode({compiler.process(element.clauses, **more)}, 'hex'))"


@compiles(Hex)
def _hex(element: Hex, compiler: sa.Compiled, **more: Any) -> str:
    return f"hex({compiler.process(element.clauses, **more)})"


class Prepared:
    """`names` are the statement's bound parameters in the order in which their values come."""

    def __init__(self, statement: Statement, *names: str) -> None:
        self._statement = statement
        self._names = names
        self._forms: dict[str, _Form] = {}

    def rows(self, c: sa.Connection, values: Row) -> Rows:
        """What a query finds. SQLite: numbers and text alone."""
        form = self._form(c)
        with _cursor(c, form.sql) as cursor:
            cursor.execute(form.sql, form.arrange(values))
            found: Rows = cursor.fetchall()
        return json.loads(found[0][0]) if form.packed else found

    def change(self, c: sa.Connection, values: Row) -> int:
        """How many rows it changed."""
        form = self._form(c)
        with _cursor(c, form.sql) as cursor:
            cursor.execute(form.sql, form.arrange(values))
            return int(cursor.rowcount)

    def _form(self, c: sa.Connection) -> _Form:
        form = self._forms.get(c.dialect.name)
        if form is None:
            form = self._forms[c.dialect.name] = _Form(self._statement, self._names, c.dialect)
        return form


class PreparedIn:
    """A query with a list in an IN. `build` makes the query around such a list."""

    def __init__(self, build: Callable[[Sequence[Any]], Query], *names: str) -> None:
        self._build = build
        self._names = names
        self._sizes: dict[int, Prepared] = {}

    def rows(self, c: sa.Connection, values: Row, among: Sequence[Any]) -> Rows:
        if not among:
            return []
        size = _size(among)
        if size not in self._sizes:
            self._sizes[size] = self._prepare(size)
        return self._sizes[size].rows(c, (*values, *_filled(among, size)))

    def _prepare(self, size: int) -> Prepared:
        among = [f"among_{number}" for number in range(size)]
        return Prepared(self._build([sa.bindparam(name) for name in among]), *self._names, *among)


class PreparedValues:
    """A change of many rows, each by values of its own. `build` makes the statement around a table
    of these `columns`, each of its type. Its rows are all different but the last, which may come
    several times."""

    def __init__(
        self,
        build: Callable[[sa.Subquery], Statement],
        columns: Mapping[str, sa.types.TypeEngine[Any]],
        *names: str,
    ) -> None:
        self._build = build
        self._columns = columns
        self._names = names
        self._sizes: dict[int, Prepared] = {}

    def change(self, c: sa.Connection, values: Row, rows: Sequence[Row]) -> int:
        """How many rows changed."""
        if rows and c.dialect.name == "postgresql":
            return self._of_arrays.change(c, (*values, *map(list, zip(*rows, strict=True))))
        portions = [rows[start : start + _MOST] for start in range(0, len(rows), _MOST)]
        return sum(self._change(c, values, portion) for portion in portions)

    def _change(self, c: sa.Connection, values: Row, rows: Sequence[Row]) -> int:
        size = _size(rows)
        if size not in self._sizes:
            self._sizes[size] = self._prepare(size)
        flat = [value for row in _filled(rows, size) for value in row]
        return self._sizes[size].change(c, (*values, *flat))

    @cached_property
    def _of_arrays(self) -> Prepared:
        """An array a column: one statement for any number of rows."""
        arrays = (sa.bindparam(name, type_=ARRAY(kind)) for name, kind in self._columns.items())
        given = sa.func.unnest(*arrays).table_valued(*self._columns).render_derived("given")
        rows = sa.select(*(given.c[name] for name in self._columns)).subquery()
        return Prepared(self._build(rows), *self._names, *self._columns)

    def _prepare(self, size: int) -> Prepared:
        names = [[f"{column}_{n}" for column in self._columns] for n in range(size)]
        given = sa.union_all(*map(self._row, names)).subquery()
        flat = (name for row in names for name in row)
        return Prepared(self._build(given), *self._names, *flat)

    def _row(self, names: Sequence[str]) -> Query:
        return sa.select(
            *(
                sa.bindparam(name, type_=kind).label(column)
                for name, (column, kind) in zip(names, self._columns.items(), strict=True)
            )
        )


def _size(values: Sequence[Any]) -> int:
    """Statements are prepared for 1, 2, 4, 8 … values; what is shorter is filled up."""
    return 1 << (len(values) - 1).bit_length()


def _filled(values: Sequence[Any], size: int) -> list[Any]:
    """To say something twice changes nothing."""
    return [*values, *[values[-1]] * (size - len(values))]


class _Form:
    """A statement in one dialect: its text, and which value stands where. `packed`: all that it
    finds comes as one value, a list in JSON."""

    def __init__(self, statement: Statement, names: tuple[str, ...], dialect: sa.Dialect) -> None:
        self.packed = isinstance(statement, sa.Select) and dialect.name == "sqlite"
        if isinstance(statement, sa.Select) and self.packed:
            statement = _packed(statement)
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._positional = compiled.positional
        self._constants = {n: v for n, v in compiled.params.items() if n not in names}
        self._names = (*names, *self._constants)
        self._rest = tuple(self._constants.values())
        self._places = [self._names.index(name) for name in compiled.positiontup or ()]

    def arrange(self, values: Row) -> Any:
        """The values of `names`, and the statement's own, as the driver wants them."""
        every = values + self._rest
        if self._positional:
            return [every[place] for place in self._places]
        return dict(zip(self._names, every, strict=True))


def _packed(query: Query) -> Query:
    rows = query.subquery()
    return sa.select(sa.func.json_group_array(sa.func.json_array(*rows.c)))


@contextmanager
def _cursor(c: sa.Connection, sql: str) -> Iterator[Any]:
    """In the transaction that was begun; what the driver raises is raised as SQLAlchemy does it."""
    driver = c.dialect.loaded_dbapi
    cursor = c.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise sa.exc.DBAPIError.instance(sql, None, error, driver.Error) from error
    finally:
        cursor.close()
