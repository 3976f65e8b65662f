"""Before the first copy: whether every reader has a value for every slot, and we have our keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from mailer.app import App
from mailer.errors import IssueRefused
from mailer.model.edition import Edition
from mailer.model.slot import RESERVED_SLOTS

_BATCH = 5000


def require_keys(app: App) -> None:
    """Raises ConfigError where the keys of links or signatures are missing or none."""
    _ = app.links, app.signer


def require_values(app: App, edition: Edition, list_name: str) -> None:
    """Raises IssueRefused, naming slot, count and one reader, where a slot without a default would
    stay empty. Without such slots nobody is looked at."""
    wanted = {
        slot.name
        for slot in edition.slots()
        if slot.default is None and slot.name not in RESERVED_SLOTS
    }
    if not wanted:
        return
    missing: Counter[str] = Counter()
    example: dict[str, str] = {}
    for ids in _batches(app, list_name):
        with app.database.read() as c:
            for _, email, attributes in c.execute(app.store.recipients(ids)):
                for name in wanted:
                    if not attributes.get(name):
                        missing[name] += 1
                        example.setdefault(name, email)
    if missing:
        raise IssueRefused("\n".join(_line(name, missing[name], example[name]) for name in missing))


def _batches(app: App, list_name: str) -> Iterator[Sequence[int]]:
    """Page by page, so that neither memory nor a read transaction grows with the audience."""
    people = app.store.audience(list_name).subquery()
    after = 0
    while True:
        page = (
            sa.select(people.c.subscription_id)
            .where(people.c.subscription_id > after)
            .order_by(people.c.subscription_id)
            .limit(_BATCH)
        )
        with app.database.read() as c:
            ids = c.scalars(page).all()
        if not ids:
            return
        yield ids
        after = ids[-1]


def _line(name: str, count: int, email: str) -> str:
    readers = "1 reader has" if count == 1 else f"{count:,} readers have"
    return (
        f"slot {{{{ {name} }}}}: {readers} no value for it ({email}): give it a default, "
        f'{{{{ {name} | default("…") }}}}, or mend its spelling'
    )
