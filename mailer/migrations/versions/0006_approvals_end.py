"""Which review ended an approval, by sending back what was approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("ended_by", sa.BigInteger(), nullable=True))
