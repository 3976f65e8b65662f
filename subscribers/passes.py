"""Passes: keys that let their holder do one thing, once, until a time. An unknown one is None: not
an error, since whoever comes with it is told what they can do instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from subscribers.address import Address, parse
from subscribers.model import Pass, PassKind
from subscribers.schema import passes

LASTS: Mapping[PassKind, dt.timedelta] = {
    PassKind.CONFIRM: dt.timedelta(hours=72),
    PassKind.ACCESS: dt.timedelta(minutes=15),
    PassKind.MOVE: dt.timedelta(hours=72),
    PassKind.VISIT: dt.timedelta(minutes=15),
}
KEPT = dt.timedelta(days=30)  # a pass of no use still tells that its holder was written to


@dataclass(frozen=True, slots=True)
class Grant:
    """What a new pass is to be: see `Pass`."""

    kind: PassKind
    subscriber_id: int
    address: Address
    subscription_id: int | None = None
    lang: str = ""
    evidence: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def issue(c: sa.Connection, grant: Grant, token: bytes, at: dt.datetime) -> Pass:
    """Write a new pass; those of no use for long are forgotten."""
    return issue_all(c, [(grant, token)], at)[0]


def issue_all(
    c: sa.Connection, grants: Iterable[tuple[Grant, bytes]], at: dt.datetime
) -> list[Pass]:
    """The same for many people, each with a token."""
    c.execute(sa.delete(passes).where(passes.c.at < at - KEPT))
    rows = [_row(grant, token, at) for grant, token in grants]
    if rows:
        c.execute(sa.insert(passes), rows)
    return [_pass({**row, "used_at": None}) for row in rows]


def _row(grant: Grant, token: bytes, at: dt.datetime) -> dict[str, Any]:
    return {
        "kind": grant.kind,
        "token": token,
        "subscriber_id": grant.subscriber_id,
        "subscription_id": grant.subscription_id,
        "email": grant.address.email,
        "email_key": grant.address.key,
        "lang": grant.lang,
        "evidence": grant.evidence,
        "attributes": dict(grant.attributes),
        "at": at,
        "expires_at": at + LASTS[grant.kind],
    }


def of_token(c: sa.Connection, kind: PassKind, token: bytes) -> Pass | None:
    query = sa.select(passes).where(passes.c.token == token, passes.c.kind == kind)
    row = c.execute(query).one_or_none()
    return None if row is None else _pass(row._asdict())


def of_person(c: sa.Connection, subscriber_id: int) -> tuple[Pass, ...]:
    """All that were made out for somebody, from the oldest on."""
    query = sa.select(passes).where(passes.c.subscriber_id == subscriber_id).order_by(passes.c.id)
    return tuple(_pass(row._asdict()) for row in c.execute(query))


def together(c: sa.Connection, given: Pass) -> list[Pass]:
    """Those that were made out at once with a pass, itself among them: a sign-up for several lists
    has one for each, and its mail the link of the first. Nobody gets two of them at one moment
    otherwise, since there is a day at least between two mails."""
    same = (passes.c.subscriber_id == given.subscriber_id, passes.c.email == given.email)
    kind = (passes.c.kind == given.kind, passes.c.at == given.at)
    query = sa.select(passes).where(*same, *kind).order_by(passes.c.id)
    return [_pass(row._asdict()) for row in c.execute(query)]


def use(c: sa.Connection, kind: PassKind, token: bytes, at: dt.datetime) -> Pass | None:
    """The pass, if it was open until now; nobody can use it again."""
    found = of_token(c, kind, token)
    if found is None or not found.is_open(at):
        return None
    mine = (passes.c.token == token, passes.c.used_at.is_(None))
    used = c.execute(sa.update(passes).where(*mine).values(used_at=at)).rowcount
    return found if used else None


def last_at(c: sa.Connection, kind: PassKind, address: Address) -> dt.datetime | None:
    """When a pass of this kind was last made out for the address."""
    mine = (passes.c.email_key == address.key, passes.c.kind == kind)
    query = sa.select(passes.c.at).where(*mine).order_by(passes.c.at.desc()).limit(1)
    found: dt.datetime | None = c.scalar(query)
    return found


def end_all(c: sa.Connection, subscriber_id: int, at: dt.datetime) -> None:
    """None that was made out for this person opens anything from now on."""
    mine = (passes.c.subscriber_id == subscriber_id, passes.c.used_at.is_(None))
    c.execute(sa.update(passes).where(*mine).values(used_at=at))


def _pass(row: Mapping[str, Any]) -> Pass:
    same = ("token", "subscriber_id", "subscription_id", "email", "lang", "evidence", "attributes")
    times = ("at", "expires_at", "used_at")
    return Pass(PassKind(row["kind"]), **{name: row[name] for name in (*same, *times)})


def address_of(found: Pass) -> Address:
    return parse(found.email)
