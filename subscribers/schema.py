"""The tables, for SQLite and PostgreSQL 14+. Migrations are made from `metadata`."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subscribers.instant import Instant
from subscribers.kinds import AttributeKind
from subscribers.model import PassKind, SubscriptionStatus, SuppressionReason

TOKEN_OCTETS = 16
TYPED_COLUMNS = 12  # of texts, and as many of numbers
DOMAIN_MARK, FINGERPRINT_MARK = "@", ":"  # begin what is no address in a suppression

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


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def _of_subscriber() -> sa.ForeignKey:
    """What goes with the person."""
    return sa.ForeignKey("subscribers.id", ondelete="CASCADE")


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
# `language` is the one that they would rather read: `de`, `pt-br`; null where they never said.
subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    sa.Column("attributes", _Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("paused_until", Instant),  # by the person, by the database's time
    sa.Index(
        None,
        "paused_until",
        sqlite_where=sa.text("paused_until IS NOT NULL"),
        postgresql_where=sa.text("paused_until IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # an erased person's id must never come to mean somebody else
)

# The index over (list, status, id, subscriber) is the order of an audience, and all that a count
# needs of a subscription; that over the subscriber finds all lists of one person. `invited_at` is
# when the editor last had a pending one asked.
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
    sa.Column("invited_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint(_one_of("status", SubscriptionStatus), name="status"),
    sa.CheckConstraint(f"length(token) = {TOKEN_OCTETS}", name="token"),
    sa.UniqueConstraint("list_id", "subscriber_id"),
    sa.Index(None, "list_id", "status", "id", "subscriber_id"),
    sqlite_autoincrement=True,  # dispatches cite these ids
)

# Append-only: a row is written when something happens to a consent and never changed. `form` is
# where it happened, `wording` what the person read there.
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
    sa.Column("form", sa.Text),
    sa.Column("wording", sa.Text),
)

# By address, not by person: it also holds for somebody who is not (or no longer) a subscriber.
# `email_key` is an address's key, an `@` and a domain, or, after an erasure, the fingerprint of a
# key. A list of null means all lists; since nulls are distinct, those are kept unique by an index
# of their own. The constraint's index answers "is this address suppressed?" for both. Whether there
# is a domain, or a fingerprint, at all is asked of two small indexes.
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


def _begins_with(mark: str) -> sa.ColumnElement[bool]:
    """Without bound values: SQLite uses an index for a condition that reads as the index's own."""
    one: sa.ColumnElement[int] = sa.literal_column("1")
    return sa.func.substr(suppressions.c.email_key, one, one) == sa.literal_column(f"'{mark}'")


IS_DOMAIN = _begins_with(DOMAIN_MARK)
IS_FINGERPRINT = _begins_with(FINGERPRINT_MARK)
for _name, _condition in (("domains", IS_DOMAIN), ("fingerprints", IS_FINGERPRINT)):
    sa.Index(
        f"ix_suppressions_{_name}",
        suppressions.c.email_key,
        sqlite_where=_condition,
        postgresql_where=_condition,
    )

# What an attribute is. Its values stay text in `subscribers.attributes`; what they mean stands in
# `typed_column` of `typed_values`, one narrow row a person, which a count reads through quickly.
attribute_definitions = sa.Table(
    "attribute_definitions",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("choices", _Json, nullable=False),
    sa.Column("typed_column", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint(_one_of("kind", AttributeKind), name="kind"),
)

typed_values = sa.Table(
    "typed_values",
    metadata,
    sa.Column("subscriber_id", _of_subscriber(), primary_key=True, autoincrement=False),
    *(sa.Column(f"text_{n}", sa.Text) for n in range(1, TYPED_COLUMNS + 1)),
    *(sa.Column(f"number_{n}", sa.Double) for n in range(1, TYPED_COLUMNS + 1)),
)

# `key` says which spellings are the same tag.
tags = sa.Table(
    "tags",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
)

subscriber_tags = sa.Table(
    "subscriber_tags",
    metadata,
    sa.Column("tag_id", _Id, sa.ForeignKey("tags.id"), primary_key=True),
    sa.Column("subscriber_id", _of_subscriber(), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# `expression` is in the language of subscribers/segments.
segments = sa.Table(
    "segments",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("expression", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

# Append-only: what became different of a person, consents apart. `field` is an attribute's name,
# or `email`, `language`, `tags`; null stands for nothing.
subscriber_changes = sa.Table(
    "subscriber_changes",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("subscriber_id", _of_subscriber(), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
)

# Keys that were mailed to people, and those of their visits. The ids are copied: a pass never
# keeps a person from being erased.
passes = sa.Table(
    "passes",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("subscriber_id", _Id, nullable=False, index=True),
    sa.Column("subscription_id", _Id),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("attributes", _Json, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.CheckConstraint(_one_of("kind", PassKind), name="kind"),
    sa.Index(None, "email_key", "kind", "at"),
)
