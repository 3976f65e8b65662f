"""What the index remembers as it stands, for who cannot wait until every issue was looked at."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress

from mailer.composer.canonical import canonical, followed
from mailer.composer.past import Past, Ran
from mailer.desk.past import index
from mailer.desk.past.index import Index
from mailer.premises import Premises

INDEX = ".cache/past.db"  # in the publication


def ran(premises: Premises, url: str) -> tuple[Ran, ...]:
    """Where a link has run, as far as the last check knew."""
    with suppress(sqlite3.Error), index.opened(premises.folder / INDEX) as found:
        past = past_in(found, "", None, {canonical(url)})
        return past.links.get(followed(canonical(url), past.moved), ())
    return ()


def remember_move(premises: Premises, url: str, target: str) -> None:
    """That a page has moved for good, such as a repository that was renamed."""
    name, now = canonical(url), canonical(target)
    if name and now and name != now:
        with suppress(sqlite3.Error), index.opened(premises.folder / INDEX) as found:
            found.remember(name, now)


def past_in(found: Index, issue_id: str, date: dt.date | None, names: Iterable[str]) -> Past:
    """What other issues had until a day, with these links among them."""
    moved = found.moved()
    return _joined(found.before(issue_id, date, _forms_of(names, moved)), moved)


def _forms_of(names: Iterable[str], moved: Mapping[str, str]) -> set[str]:
    """The forms under which earlier issues may have what has these names today."""
    today = {followed(name, moved) for name in names}
    return today | {name for name in moved if followed(name, moved) in today}


def _joined(past: Past, moved: Mapping[str, str]) -> Past:
    """Its links by the form to which each leads now."""
    links: dict[str, tuple[Ran, ...]] = {}
    for name, earlier in past.links.items():
        today = followed(name, moved)
        links[today] = tuple(dict.fromkeys((*links.get(today, ()), *earlier)))
    return Past(links, past.items, moved)
