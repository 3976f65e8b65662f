"""The ledger's tables. Rows outlive what they cite: names are copied, foreign ids may be null."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa

from mailer.model.approval import ReviewState
from mailer.model.delivery import DispatchState, State
from mailer.model.report import ReportClass
from subscribers.instant import Instant

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# When what was never tried is due: whatever the clock says, also one that was put back.
AT_ONCE = dt.datetime.fromtimestamp(0, dt.UTC)

_BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers INTEGER keys only


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=column)


editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False, unique=True),
    sa.Column("issue_id", sa.Text, nullable=False, index=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # content hash and suffix
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

dispatches = sa.Table(
    "dispatches",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("issue_id", sa.Text, nullable=False),
    sa.Column("list_ref", sa.BigInteger, nullable=False),  # the store's list; it may be gone
    sa.Column("list_name", sa.Text, nullable=False),
    sa.Column("list_title", sa.Text, nullable=False),
    sa.Column("list_id", sa.Text, nullable=False),  # RFC 2919
    sa.Column("segment", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("queued", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("scheduled_at", Instant),  # by the database's time
    sa.Column("started_at", Instant),  # when its deliveries were planned
    sa.Column("finished_at", Instant),
    sa.UniqueConstraint("issue_id", "list_ref", "segment", "purpose"),
    _one_of("state", DispatchState),
)

shards = sa.Table(
    "shards",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Instant, nullable=False),  # not before any of its open deliveries is due
    *(sa.Column(state.value, sa.Integer, nullable=False, server_default="0") for state in State),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("subscription_id", sa.BigInteger),
    sa.Column("subscriber_id", sa.BigInteger, index=True),  # the copies of one person
    sa.Column("email", sa.Text),
    sa.Column("token", sa.LargeBinary),
    sa.Column("reply", sa.Text, nullable=False, server_default=""),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("edition_id", sa.BigInteger),  # null: the one that the dispatch began with
    sa.Column("variant", sa.Integer),  # see Edition.variant; null: there is but one
    _one_of("state", State),
    sqlite_with_rowid=False,  # the rows lie in the order in which they are sent
)

# What was said to every attempt that did not end in `sent`; a copy that goes at once has none.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("relay", sa.Text, nullable=False),
    sa.Column("code", sa.Integer, nullable=False),  # 0: no reply at all
    sa.Column("enhanced", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# Copies that a server refused for good, until what it said of their readers is looked at.
refusals = sa.Table(
    "refusals",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# The latest row of an issue and language is the approval in force, unless a review has ended it;
# nothing else is written to a row later.
approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("issue_id", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False, index=True),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("approved_at", Instant, nullable=False),
    sa.Column("review_id", sa.ForeignKey("reviews.id")),
    sa.Column("ended_by", sa.BigInteger),  # the review that sent the edition back
    sa.Index(None, "issue_id", "lang"),
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("issue_id", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("file_hash", sa.Text, nullable=False),
    sa.Column("brief", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_at", Instant),
    sa.Column("told_at", Instant),
    sa.Index(None, "issue_id", "lang"),
    _one_of("state", ReviewState),
)

# Put into the archive without being mailed.
postings = sa.Table(
    "postings",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("issue_id", sa.Text, nullable=False, index=True),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("posted_by", sa.Text, nullable=False),
    sa.Column("posted_at", Instant, nullable=False),
)

# What was corrected on an issue's page, and the edition that the page shows from then on.
errata = sa.Table(
    "errata",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("issue_id", sa.Text, nullable=False, index=True),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("noted_by", sa.Text, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
)

for _status in State:
    shards.append_constraint(sa.CheckConstraint(f"{_status.value} >= 0", name=_status.value))

# A dispatch got another edition for those it had not yet reached.
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), nullable=False, index=True),
    sa.Column("replaced_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("reached", sa.BigInteger, nullable=False),  # copies that had carried the replaced one
    sa.Column("at", Instant, nullable=False),
)

# Append-only: a row is written when something happens and never changed.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("dispatch_id", sa.BigInteger, index=True),
    sa.Column("issue_id", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)

# How far a dispatch was at some moments of its last minutes.
progress = sa.Table(
    "progress",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("at", Instant, primary_key=True, autoincrement=False),
    sa.Column("tried", sa.BigInteger, nullable=False),
)

# Where the counted links of a dispatch lead, and what was counted; number 0 is that it was opened.
links = sa.Table(
    "links",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
)

counts = sa.Table(
    "counts",
    metadata,
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("robot", sa.Boolean, primary_key=True),
    sa.Column("times", sa.BigInteger, nullable=False),
)

# What the editor is to be told, once for each occasion.
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("dispatch_id", sa.ForeignKey("dispatches.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("occasion", sa.BigInteger, nullable=False),  # the event that it is about, or 0
    sa.Column("due_at", Instant),  # null: it is mailed, or given up
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("dispatch_id", "kind", "occasion"),
)

# Where no lock tells whether a sender is alive: it counts up, whatever its clock says.
senders = sa.Table(
    "senders",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("beats", sa.BigInteger, nullable=False),
)

# A mail to one person who waits for it. `subject` is what its link opens, `subscription` whose
# other links it has.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("subject", sa.LargeBinary),
    sa.Column("subscription", sa.LargeBinary),
    sa.Column("list_title", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("edition_id", sa.ForeignKey("editions.id")),  # what was said; null before that
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Instant),  # null: it is settled
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("reply", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
    sa.Index(None, "due_at"),
    _one_of("state", State),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

# What is counted under a name, a relay's or "@" and a domain, by all senders together.
budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("due_at", Instant),
    sa.Column("rate", sa.Float),  # copies a second, learnt; the next two belong to it
    sa.Column("rate_before", sa.Float),
    sa.Column("slowed_at", Instant),
)

budget_uses = sa.Table(
    "budget_uses",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("bucket", Instant, primary_key=True),  # its beginning
    sa.Column("used", sa.BigInteger, nullable=False),
)

# Of the connections that a relay takes from all senders together: how many each has use for, and
# how many it holds.
places = sa.Table(
    "places",
    metadata,
    sa.Column("relay", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("holds", sa.Integer, nullable=False),
)

# Which recipient domain takes nothing through which relay for now; "*" is the relay itself, "-"
# that somebody drained it.
rests = sa.Table(
    "rests",
    metadata,
    sa.Column("relay", sa.Text, primary_key=True),
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("strikes", sa.Integer, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# The dispatch that stopped to show how a relay's first copies arrive, and who looked at them.
canaries = sa.Table(
    "canaries",
    metadata,
    sa.Column("relay", sa.Text, primary_key=True),
    sa.Column("dispatch_id", sa.BigInteger, nullable=False),
    sa.Column("stopped_at", Instant, nullable=False),
    sa.Column("agreed_at", Instant),  # by `resume`: from then on the relay is known
)

# Bounces and complaints, one row an occasion: a report that comes twice is there once. `email_key`
# is the store's key of the address that it is about; null once that is erased.
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("occasion", sa.Text, nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("proof", sa.Text, nullable=False),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("dispatch_id", sa.BigInteger),
    sa.Column("seq", sa.BigInteger),
    sa.Column("email_key", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("settled_at", Instant),  # when an editor saw to it, where one had to
    sa.Index(None, "dispatch_id", "seq"),
    sa.Index(None, "email_key", "at"),
    _one_of("kind", ReportClass),
)

# What people wrote to the return path, until it is handed on; who wants to be removed is a thing to
# do until an editor says that it is done.
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("id", _BigId, primary_key=True),
    sa.Column("occasion", sa.Text, nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("wants_out", sa.Boolean, nullable=False),
    sa.Column("content", sa.LargeBinary),  # null: it is handed on, or given up
    sa.Column("due_at", Instant),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("settled_at", Instant),
)
