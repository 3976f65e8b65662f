"""How often the links of a dispatch were followed and its mails opened; never who it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.schema import counts, dispatches, links

OPEN = 0  # stands where a link has its number


@dataclass(frozen=True, slots=True)
class Count:
    """What people did, as far as that can be told, and what robots did."""

    people: int
    robots: int


@dataclass(frozen=True, slots=True)
class Clicks:
    """How often one link was followed; `label` is its accessible name, or empty."""

    url: str
    label: str
    count: Count


def keep(c: sa.Connection, dispatch_id: int, found: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The number of each (address, label), those of an earlier edition among them. Idempotent."""
    mine = links.c.dispatch_id == dispatch_id
    known = {row.url: row.number for row in c.execute(sa.select(links).where(mine))}
    for url, label in found:
        if url not in known:
            known[url] = len(known) + 1
            row = {"number": known[url], "url": url, "label": label}
            c.execute(links.insert().values({"dispatch_id": dispatch_id, **row}))
    return known


def url_of(c: sa.Connection, dispatch_id: int, number: int) -> str | None:
    query = sa.select(links.c.url).where(
        links.c.dispatch_id == dispatch_id, links.c.number == number
    )
    found: str | None = c.scalar(query)
    return found


def add(c: sa.Connection, dispatch_id: int, number: int, robot: bool) -> None:
    """One more."""
    key = {"dispatch_id": dispatch_id, "number": number, "robot": robot}
    upsert.add(c, counts, key, "times", 1)


def is_dispatch(c: sa.Connection, dispatch_id: int) -> bool:
    query = sa.select(dispatches.c.id).where(dispatches.c.id == dispatch_id)
    return c.scalar(query) is not None


def opens(c: sa.Connection, dispatch_id: int) -> Count:
    return _counted(c, dispatch_id).get(OPEN, Count(0, 0))


def clicks(c: sa.Connection, dispatch_id: int) -> list[Clicks]:
    """Of every link that is kept of a dispatch, in their order."""
    counted = _counted(c, dispatch_id)
    query = sa.select(links).where(links.c.dispatch_id == dispatch_id).order_by(links.c.number)
    return [
        Clicks(row.url, row.label, counted.get(row.number, Count(0, 0))) for row in c.execute(query)
    ]


def by_people(c: sa.Connection, dispatch_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Of each dispatch of which anything was counted: how often people opened its mails, and
    followed its links."""
    opened = sa.case((counts.c.number == OPEN, counts.c.times), else_=0)
    query = (
        sa.select(counts.c.dispatch_id, sa.func.sum(opened), sa.func.sum(counts.c.times))
        .where(counts.c.dispatch_id.in_(dispatch_ids), counts.c.robot.is_(False))
        .group_by(counts.c.dispatch_id)
    )
    return {
        dispatch_id: (int(opened), int(all_ - opened))
        for dispatch_id, opened, all_ in c.execute(query)
    }


def followed(c: sa.Connection) -> list[tuple[str, str, int]]:
    """Of every dispatch whose links are kept: the id of its issue, the address, and how often
    people followed it."""
    people = sa.func.coalesce(counts.c.times, 0)
    own = (counts.c.dispatch_id == links.c.dispatch_id) & (counts.c.number == links.c.number)
    query = (
        sa.select(dispatches.c.issue_id, links.c.url, people)
        .join_from(links, dispatches)
        .outerjoin(counts, own & ~counts.c.robot)
    )
    return [(issue_id, url, times) for issue_id, url, times in c.execute(query)]


def _counted(c: sa.Connection, dispatch_id: int) -> dict[int, Count]:
    times: dict[int, dict[bool, int]] = {}
    for row in c.execute(sa.select(counts).where(counts.c.dispatch_id == dispatch_id)):
        times.setdefault(row.number, {})[row.robot] = row.times
    return {number: Count(by.get(False, 0), by.get(True, 0)) for number, by in times.items()}
