"""People who left another program are suppressed for it; when pending ones were last asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REASONS = "reason IN ('unsubscribed', 'erased', 'bounced', 'manual', 'complained')"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("invited_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("suppressions") as batch:
        batch.drop_constraint(op.f("ck_suppressions_reason"), type_="check")
        batch.create_check_constraint(op.f("ck_suppressions_reason"), sa.text(_REASONS))
