"""Files in the form of every source, written by us: beside each stands who arrives, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.importing.report import ImportReport
from subscribers.model import Person
from subscribers.schema import subscribers
from subscribers.store import Store

_SOURCES = Path(__file__).parents[1] / "sources"
_FILES = sorted(path for path in _SOURCES.iterdir() if path.suffix != ".expected")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_a_source_is_recognised_and_its_people_arrive_as_expected(
    store: Store, at: dt.datetime, path: Path
) -> None:
    report = import_file(store, path, "monthly", Wishes(), at)
    assert told(store, report) == path.with_suffix(".expected").read_text("utf-8")


def told(store: Store, report: ImportReport) -> str:
    """All that an import said and stored."""
    with store.database.read() as connection:
        emails = sorted(row.email for row in connection.execute(sa.select(subscribers.c.email)))
    lines = [
        *_recognised(report),
        *(_person(store.show(email)) for email in emails),
        *map(str, report.errors),
        " + ".join(f"{count} {stand}" for stand, count in report.stands.items())
        + f" + {report.never} never + {report.repeated} repeated + {report.bad} bad"
        + f" = {report.read}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _recognised(report: ImportReport) -> Iterator[str]:
    for table in report.recognised:
        yield f"{table.title or 'no program that we know'}; {table.kind}"
        yield f"  attributes: {', '.join(table.attributes)}"
        yield f"  left behind: {', '.join(table.behind)}"


def _person(person: Person) -> str:
    (subscription,) = person.subscriptions
    since = subscription.confirmed_at or subscription.unsubscribed_at
    (consent,) = person.consents
    lines = [
        f"{person.email}: {subscription.status}"
        + (f" since {since:%Y-%m-%d %H:%M}" if since else ""),
        f"  {consent.event}: {consent.how}; {consent.evidence}; {consent.ip or 'no IP'}",
        *(f"  {name} = {value!r}" for name, value in sorted(person.attributes.items())),
    ]
    if person.tags:
        lines.append(f"  tags: {', '.join(person.tags)}")
    for each in person.suppressions:
        where = f"for {each.list or 'all'}, {each.created_at:%Y-%m-%d}"
        lines.append(f"  suppressed {where}: {each.reason}: {each.source}")
    return "\n".join(lines)
