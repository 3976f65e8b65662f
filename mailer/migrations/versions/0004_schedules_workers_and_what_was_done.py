"""Schedules, workers, corrections, the audit trail, progress, and letters to the editor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('scheduled', 'open', 'paused', 'cancelled', 'finished')"


def upgrade() -> None:
    _dispatches()
    op.add_column("deliveries", sa.Column("edition_id", sa.BigInteger(), nullable=True))
    _corrections()
    _events()
    _progress()
    _letters()
    _workers()


def _dispatches() -> None:
    """SQLite writes the whole table anew, for the sake of its check."""
    with op.batch_alter_table("dispatches") as batch:
        batch.drop_constraint(op.f("ck_dispatches_state"), type_="check")
        batch.create_check_constraint(op.f("ck_dispatches_state"), sa.text(_STATES))
        batch.add_column(
            sa.Column("queued", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch.add_column(sa.Column("scheduled_at", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("started_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE dispatches SET started_at = created_at")


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", _ID, nullable=False),
        sa.Column("dispatch_id", _ID, nullable=False),
        sa.Column("replaced_id", _ID, nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{cited}.id"], name=op.f(f"fk_corrections_{column}")
            )
            for column, cited in (
                ("dispatch_id", "dispatches"),
                ("replaced_id", "editions"),
                ("edition_id", "editions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_dispatch_id"), "corrections", ["dispatch_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=True),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_dispatch_id"), "events", ["dispatch_id"])


def _progress() -> None:
    op.create_table(
        "progress",
        sa.Column("dispatch_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tried", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_progress_dispatch_id")
        ),
        sa.PrimaryKeyConstraint("dispatch_id", "at", name=op.f("pk_progress")),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("dispatch_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_letters_dispatch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "dispatch_id",
            "kind",
            "occasion",
            name=op.f("uq_letters_dispatch_id_kind_occasion"),
        ),
    )


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
