"""Approvals, reviews, what is in the archive without having been mailed, and errata."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _reviews()
    _approvals()
    _postings()
    _errata()


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'sent back', 'withdrawn')", name=op.f("ck_reviews_state")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_reviews_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("token", name=op.f("uq_reviews_token")),
    )
    op.create_index(op.f("ix_reviews_issue_id_lang"), "reviews", ["issue_id", "lang"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("review_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_approvals_edition_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_approvals_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_edition_id"), "approvals", ["edition_id"])
    op.create_index(op.f("ix_approvals_issue_id_lang"), "approvals", ["issue_id", "lang"])


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_postings_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_issue_id"), "postings", ["issue_id"])


def _errata() -> None:
    op.create_table(
        "errata",
        sa.Column("id", _ID, nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("edition_id", _ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_errata_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errata")),
    )
    op.create_index(op.f("ix_errata_issue_id"), "errata", ["issue_id"])
