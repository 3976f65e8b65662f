"""Sign-ups that wait for their confirmation, visits, mails that a person waits for, and pauses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = "'confirm', 'access', 'move', 'visit'"
_STATES = "'planned', 'sending', 'sent', 'deferred', 'failed', 'uncertain', 'skipped'"
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("paused_until", sa.BigInteger(), nullable=True))
    some = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "ix_subscribers_paused_until",
        "subscribers",
        ["paused_until"],
        sqlite_where=some,
        postgresql_where=some,
    )
    _passes()
    _notices()


def _passes() -> None:
    op.create_table(
        "passes",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("subscriber_id", _BIG, nullable=False),
        sa.Column("subscription_id", _BIG, nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("attributes", _JSON, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_passes_kind"),
        sa.UniqueConstraint("token", name="uq_passes_token"),
    )
    op.create_index("ix_passes_subscriber_id", "passes", ["subscriber_id"])
    op.create_index("ix_passes_email_key_kind_at", "passes", ["email_key", "kind", "at"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("subscription", sa.LargeBinary(), nullable=True),
        sa.Column("list_title", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("edition_id", _BIG, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False, server_default=""),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_notices_edition_id"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="ck_notices_state"),
    )
    op.create_index("ix_notices_due_at", "notices", ["due_at"])
    op.create_index("ix_notices_changed_at", "notices", ["changed_at"])
