"""Reports on deliveries, and replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = (
    *("dead", "full", "temporary", "blocked", "ours"),
    *("auto-reply", "complaint", "challenge", "reply"),
)


def upgrade() -> None:
    _reports()
    _replies()


def _id() -> sa.Column[int]:
    return sa.Column(
        "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, nullable=False
    )


def _reports() -> None:
    allowed = ", ".join(f"'{kind}'" for kind in _KINDS)
    op.create_table(
        "reports",
        _id(),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"kind IN ({allowed})", name=op.f("ck_reports_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("occasion", name=op.f("uq_reports_occasion")),
    )
    op.create_index(op.f("ix_reports_dispatch_id_seq"), "reports", ["dispatch_id", "seq"])
    op.create_index(op.f("ix_reports_email_key_at"), "reports", ["email_key", "at"])


def _replies() -> None:
    op.create_table(
        "replies",
        _id(),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("wants_out", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("occasion", name=op.f("uq_replies_occasion")),
    )
