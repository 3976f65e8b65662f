"""Kinds of attributes, tags, segments, languages; forms and wordings of consents; changes; variants
of an edition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "kind IN ('text', 'number', 'date', 'boolean', 'choice')"


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("consent_events", sa.Column("form", sa.Text(), nullable=True))
    op.add_column("consent_events", sa.Column("wording", sa.Text(), nullable=True))
    _index_of_audiences()
    _attributes()
    _tags()
    _segments()
    _changes()
    _variants()


def _index_of_audiences() -> None:
    op.drop_index(op.f("ix_subscriptions_list_id_status_id"), "subscriptions")
    columns = ["list_id", "status", "id", "subscriber_id"]
    op.create_index(
        op.f("ix_subscriptions_list_id_status_id_subscriber_id"), "subscriptions", columns
    )


def _of_subscriber(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_subscriber_id_subscribers")
    return sa.ForeignKeyConstraint(
        ["subscriber_id"], ["subscribers.id"], name=name, ondelete="CASCADE"
    )


def _attributes() -> None:
    op.create_table(
        "attribute_definitions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("typed_column", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_attribute_definitions_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_definitions")),
        sa.UniqueConstraint("name", name=op.f("uq_attribute_definitions_name")),
        sa.UniqueConstraint("typed_column", name=op.f("uq_attribute_definitions_typed_column")),
    )
    op.create_table(
        "typed_values",
        sa.Column("subscriber_id", _ID, autoincrement=False, nullable=False),
        *(sa.Column(f"text_{n}", sa.Text(), nullable=True) for n in range(1, 13)),
        *(sa.Column(f"number_{n}", sa.Double(), nullable=True) for n in range(1, 13)),
        _of_subscriber("typed_values"),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_typed_values")),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("key", name=op.f("uq_tags_key")),
    )
    op.create_table(
        "subscriber_tags",
        sa.Column("tag_id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_subscriber_tags_tag_id_tags")
        ),
        _of_subscriber("subscriber_tags"),
        sa.PrimaryKeyConstraint("tag_id", "subscriber_id", name=op.f("pk_subscriber_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_subscriber_tags_subscriber_id"), "subscriber_tags", ["subscriber_id"])


def _segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )


def _changes() -> None:
    op.create_table(
        "subscriber_changes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        _of_subscriber("subscriber_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_changes")),
    )
    op.create_index(
        op.f("ix_subscriber_changes_subscriber_id"), "subscriber_changes", ["subscriber_id"]
    )


def _variants() -> None:
    op.add_column("deliveries", sa.Column("variant", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_deliveries_subscriber_id"), "deliveries", ["subscriber_id"])
