"""What relays refused for good, until it is looked at. Of dispatches that go on, all is looked at
once more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
expands = True

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_OF_THOSE_UNDER_WAY = """
    INSERT INTO refusals (dispatch_id, seq)
    SELECT deliveries.dispatch_id, deliveries.seq
    FROM dispatches
    JOIN attempts ON attempts.dispatch_id = dispatches.id AND attempts.code >= 500
    JOIN deliveries ON deliveries.dispatch_id = attempts.dispatch_id
        AND deliveries.seq = attempts.seq AND deliveries.attempt = attempts.attempt
    WHERE dispatches.state IN ('open', 'paused') AND deliveries.state = 'failed'
"""


def upgrade() -> None:
    op.create_table(
        "refusals",
        sa.Column("dispatch_id", _ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name="fk_refusals_dispatch_id_dispatches"
        ),
        sa.PrimaryKeyConstraint("dispatch_id", "seq", name="pk_refusals"),
        sqlite_with_rowid=False,
    )
    op.execute(_OF_THOSE_UNDER_WAY)
