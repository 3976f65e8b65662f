"""Connections to a relay that all senders share. On PostgreSQL, deliveries in partitions: the rows
that are there stay where they are, and become the first one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("relay", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "sender", name="pk_places"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _partition()


# What is found as it has to be is taken over when a table is attached, and not made again.
_PARTITION = (
    "ALTER TABLE deliveries RENAME TO deliveries_before",
    "ALTER INDEX pk_deliveries RENAME TO pk_deliveries_before",
    "ALTER INDEX ix_deliveries_subscriber_id RENAME TO ix_deliveries_before_subscriber_id",
    "CREATE TABLE deliveries (LIKE deliveries_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
    "CONSTRAINT pk_deliveries PRIMARY KEY (dispatch_id, seq), "
    "CONSTRAINT fk_deliveries_dispatch_id FOREIGN KEY (dispatch_id) REFERENCES dispatches (id)) "
    "PARTITION BY RANGE (dispatch_id)",
    "CREATE INDEX ix_deliveries_subscriber_id ON deliveries (subscriber_id)",
    "CREATE TABLE deliveries_shared PARTITION OF deliveries DEFAULT WITH (fillfactor = 85)",
    "ALTER TABLE deliveries_before SET (fillfactor = 85)",
)


def _partition() -> None:
    following = sa.text("SELECT coalesce(max(id), 0) + 1 FROM dispatches")
    end = op.get_bind().scalar(following)
    for statement in _PARTITION:
        op.execute(statement)
    op.execute(
        "ALTER TABLE deliveries ATTACH PARTITION deliveries_before "
        f"FOR VALUES FROM (MINVALUE) TO ({end})"
    )
