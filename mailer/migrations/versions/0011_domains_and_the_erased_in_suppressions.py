"""Suppressions of domains, and of erased addresses by fingerprint: an index of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index("domains", "@")
    _index("fingerprints", ":")


def _index(name: str, mark: str) -> None:
    condition = sa.text(f"substr(email_key, 1, 1) = '{mark}'")
    op.create_index(
        f"ix_suppressions_{name}",
        "suppressions",
        ["email_key"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
