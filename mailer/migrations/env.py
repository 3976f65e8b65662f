"""What Alembic runs. The connection is handed in; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from mailer.ledger.schema import metadata as ledger
from subscribers.schema import metadata as store

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[store, ledger],
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
