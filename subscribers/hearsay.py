"""What another program says of people who left it, or whom it could not mail: they are suppressed
here as well."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from subscribers.admission import Case
from subscribers.database import insert_missing
from subscribers.fingerprint import Fingerprint
from subscribers.model import Added, SuppressionReason
from subscribers.naming import marks_of
from subscribers.schema import suppressions


def suppress_departed(
    connection: sa.Connection,
    list_id: int,
    cases: Iterable[Case],
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> None:
    """Those of `cases` who left elsewhere. Who unsubscribed there left this one list; an address
    that is bad, or whose owner complained, is so for all. Of who was erased no source is kept."""
    departed = {
        case.entry.address.key: case.entry.departure
        for case in cases
        if case.entry.departure is not None and case.change.added is not Added.KEPT
    }
    erased = marks_of(connection, departed, fingerprint) if departed else {}
    rows = defaultdict(list)
    for key, departure in departed.items():
        here = departure.reason is SuppressionReason.UNSUBSCRIBED
        values = {
            "email_key": erased.get(key, key),
            "list_id": list_id if here else None,
            "reason": departure.reason,
            "source": "" if key in erased else departure.source,
            "created_at": departure.at or at,
        }
        rows[departure.reason].append(values)
    for reason, of_reason in rows.items():
        connection.execute(insert_missing(connection, suppressions), of_reason)
        renamed = [{f"new_{name}": value for name, value in row.items()} for row in of_reason]
        connection.execute(_in_place_of_weaker(reason), renamed)


def _in_place_of_weaker(reason: SuppressionReason) -> sa.Update:
    """With bound values `new_` and a column's name."""
    given = {
        column.name: sa.bindparam(f"new_{column.name}", type_=column.type)
        for column in suppressions.c
    }
    return (
        sa.update(suppressions)
        .where(
            suppressions.c.email_key == given["email_key"],
            suppressions.c.list_id.is_not_distinct_from(given["list_id"]),
            sa.or_(sa.false(), *(suppressions.c.reason == weaker for weaker in reason.weaker)),
        )
        .values({name: given[name] for name in ("reason", "source", "created_at")})
    )
