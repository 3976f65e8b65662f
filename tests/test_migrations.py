"""An upgrade keeps every row that was there, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import Databases

from mailer import migrations
from mailer.database import Database
from mailer.ledger.schema import metadata as ledger
from mailer.migrations import upgrading
from subscribers.schema import metadata as store

# A row in each table of the first release, parents before their children.
_ROWS: dict[str, dict[str, Any]] = {
    "lists": {
        "id": 1,
        "name": "monthly",
        "title": "M",
        "list_id": "m.example.org",
        "created_at": 1,
    },
    "subscribers": {
        "id": 1,
        "email": "Ann@example.org",
        "email_key": "ann@example.org",
        "attributes": {"first_name": "Ödön"},
        "created_at": 1,
        "updated_at": 2,
    },
    "subscriptions": {
        "id": 1,
        "subscriber_id": 1,
        "list_id": 1,
        "status": "confirmed",
        "token": b"0123456789abcdef",
        "confirmed_at": 3,
        "unsubscribed_at": None,
        "created_at": 1,
    },
    "suppressions": {
        "id": 1,
        "email_key": "bob@example.org",
        "list_id": None,
        "reason": "bounced",
        "source": "a test",
        "created_at": 1,
    },
    "consent_events": {
        "id": 1,
        "subscription_id": 1,
        "at": 1,
        "event": "added",
        "how": "a form",
        "evidence": "yes",
        "ip": None,
        "user_agent": None,
    },
    "editions": {
        "id": 1,
        "content_hash": "ab" * 32,
        "issue_id": "2021-01",
        "document": "{}",
        "created_at": 1,
    },
    "pictures": {
        "name": "a.png",
        "media_type": "image/png",
        "width": 1,
        "height": 1,
        "content": b"\x89PNG",
    },
    "dispatches": {
        "id": 1,
        "issue_id": "2021-01",
        "list_ref": 1,
        "list_name": "monthly",
        "list_title": "M",
        "list_id": "m.example.org",
        "segment": "",
        "purpose": "issue",
        "edition_id": 1,
        "state": "open",
        "reason": "",
        "total": 1,
        "created_at": 1,
        "finished_at": None,
    },
    "deliveries": {
        "dispatch_id": 1,
        "seq": 1,
        "state": "planned",
        "attempt": 0,
        "not_before": 1,
        "subscription_id": 1,
        "subscriber_id": 1,
        "email": "Ann@example.org",
        "token": b"0123456789abcdef",
        "reply": "",
        "changed_at": 1,
    },
    "shards": {
        "dispatch_id": 1,
        "number": 1,
        "first_seq": 1,
        "last_seq": 1,
        "owner": None,
        "epoch": 0,
        "due_at": 1,
        **dict.fromkeys(("sending", "sent", "deferred", "failed", "uncertain", "skipped"), 0),
        "planned": 1,
    },
}


def tables_of(c: sa.Connection) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(c)
    return found


def is_ours(name: str | None, _kind: str, _parents: Any) -> bool:
    """The engine brings tables of its own, and partitions of deliveries are PostgreSQL's alone."""
    return not (name or "").startswith(("procrastinate_", "deliveries_"))


@pytest.mark.both_databases
def test_an_upgrade_keeps_every_row_and_makes_the_declared_tables(databases: Databases) -> None:
    """From the first release's shape, with a row in each of its tables."""
    url = databases.empty()
    database = Database(url, foreign_keys=False)
    with database.write() as c:
        command.upgrade(upgrading._config(c), "0001")
        first = tables_of(c)
        for name, row in _ROWS.items():
            c.execute(first.tables[name].insert().values(row))
    assert first.tables.keys() - {"alembic_version"} == _ROWS.keys()
    assert migrations.upgrade(url) == ("0001", migrations.head())
    with database.read() as c:
        now = tables_of(c)
        for name, row in _ROWS.items():
            columns = [now.tables[name].c[column] for column in row]
            assert [dict(found._mapping) for found in c.execute(sa.select(*columns))] == [row], name
        ours = MigrationContext.configure(c, opts={"include_name": is_ours})
        assert compare_metadata(ours, [store, ledger]) == []
    database.close()
