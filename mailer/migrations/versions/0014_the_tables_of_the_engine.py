"""Procrastinate's tables, for workers on PostgreSQL that have it bring them their work."""

from __future__ import annotations

from alembic import op

from mailer.database.postgresql import its_packages

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        with its_packages("this database"):
            from mailer.engine.procrastinate import schema
        schema.make(op.get_bind())
