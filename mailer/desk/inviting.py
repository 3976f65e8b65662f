"""Asking people without a consent whether they want a list, some at a time."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from mailer.ledger import notices
from mailer.ledger.notices import Kind, Order
from mailer.records import Records
from subscribers import inviting, passes
from subscribers.address import parse
from subscribers.inviting import Invited
from subscribers.model import List, PassKind
from subscribers.passes import Grant

EVIDENCE = "asked by the editor, by mail"


def invite(app: Records, list_name: str, most: int) -> tuple[int, int]:
    """How many are asked now, at most so many, and how many more could be. The mails lie with the
    notices then, which `mailer web` or `mailer worker` mails. Raises UnknownList."""
    wanted = app.store.list(list_name)
    with app.database.write() as c:
        chosen = inviting.invite(c, wanted.id, most, app.fingerprint, app.now())
        _ask(app, c, wanted, chosen)
        return len(chosen), inviting.waiting(c, wanted.id, app.fingerprint, app.now())


def _ask(app: Records, c: sa.Connection, wanted: List, chosen: Sequence[Invited]) -> None:
    grants = [(_grant(app, each), app.new_token()) for each in chosen]
    given = passes.issue_all(c, grants, app.now())
    orders = [
        Order(Kind.INVITE, each.email, its.lang, wanted.title, its.token, each.token)
        for each, its in zip(chosen, given, strict=True)
    ]
    notices.order_all(c, orders)


def _grant(app: Records, invited: Invited) -> Grant:
    return Grant(
        PassKind.CONFIRM,
        invited.subscriber_id,
        parse(invited.email),
        invited.subscription_id,
        invited.language or app.config.publication.lang,
        EVIDENCE,
    )
