"""The tables, for SQLite and PostgreSQL 14+. Migrations are made from `metadata`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subscribers.instant import Instant
from subscribers.model import SubscriptionStatus, SuppressionReason

TOKEN_OCTETS = 16

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)

# SQLite counts up by itself only where the type is spelt INTEGER.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Json = sa.JSON().with_variant(JSONB(), "postgresql")


def _one_of(column: str, words: type[SubscriptionStatus] | type[SuppressionReason]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


lists = sa.Table(
    "lists",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    # RFC 2919: given at creation, never derived from a name or a URL later.
    sa.Column("list_id", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
)

# `email` is what we send to, as it was first given; `email_key` says who is the same person.
subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    sa.Column("attributes", _Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sqlite_autoincrement=True,  # an erased person's id must never come to mean somebody else
)

# The index over (list, status, id) is the order of an audience and the counts of a list;
# that over the subscriber finds all lists of one person.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("subscriber_id", _Id, sa.ForeignKey("subscribers.id"), nullable=False, index=True),
    sa.Column("list_id", _Id, sa.ForeignKey("lists.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("confirmed_at", Instant),
    sa.Column("unsubscribed_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint(_one_of("status", SubscriptionStatus), name="status"),
    sa.CheckConstraint(f"length(token) = {TOKEN_OCTETS}", name="token"),
    sa.UniqueConstraint("list_id", "subscriber_id"),
    sa.Index(None, "list_id", "status", "id"),
    sqlite_autoincrement=True,  # dispatches cite these ids
)

# Append-only: a row is written when something happens to a consent and never changed.
consent_events = sa.Table(
    "consent_events",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column(
        "subscription_id", _Id, sa.ForeignKey("subscriptions.id"), nullable=False, index=True
    ),
    sa.Column("at", Instant, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("ip", sa.Text),
    sa.Column("user_agent", sa.Text),
)

# By address, not by person: it also holds for somebody who is not (or no longer) a subscriber.
# A list of null means all lists; since nulls are distinct, those are kept unique by an index of
# their own. The constraint's index answers "is this address suppressed?" for both.
suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("list_id", _Id, sa.ForeignKey("lists.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint(_one_of("reason", SuppressionReason), name="reason"),
    sa.UniqueConstraint("email_key", "list_id"),
)
sa.Index(
    "uq_suppressions_email_key_all_lists",
    suppressions.c.email_key,
    unique=True,
    sqlite_where=suppressions.c.list_id.is_(None),
    postgresql_where=suppressions.c.list_id.is_(None),
)
