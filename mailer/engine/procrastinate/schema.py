"""Procrastinate's own tables, beside ours."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from procrastinate.schema import SchemaManager


def make(c: sa.Connection) -> None:
    """As the installed release wants them; PostgreSQL alone."""
    statements = SchemaManager.get_schema()
    c.execution_options(no_parameters=True).exec_driver_sql(statements)


def newest_change() -> str:
    """The last of the changes that the installed release knows of, by the name of its file."""
    changes = Path(SchemaManager.get_migrations_path()).glob("*.sql")
    return max(change.name for change in changes)
