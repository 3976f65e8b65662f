"""What the feeds of mailer.toml propose: links that are new, for an editor to take or to drop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from mailer import files
from mailer.composer.canonical import canonical
from mailer.composer.checking import tracking
from mailer.desk.inbox import inbox_of, proposed_to
from mailer.desk.past.memory import ran
from mailer.errors import FetchError, UsageError
from mailer.intake.inbox import feed as feeds
from mailer.intake.inbox.feed import Entry, Feed
from mailer.intake.inbox.item import InboxItem
from mailer.intake.inbox.kinds import kinds
from mailer.premises import Premises

_SEEN = "seen.txt"  # beside the proposals: what was proposed once is not proposed again
_MOST_SEEN = 10_000
_RECENT = dt.timedelta(days=31)
_MOST = 30  # proposals of one feed at a time

Tell = Callable[[str], None]


def propose(premises: Premises, tell: Tell) -> list[Path]:
    """Keep what is new in the feeds as proposals, and return their files. `tell` gets a line for
    each feed that cannot be read. Raises UsageError where there are no feeds."""
    addresses = premises.config.inbox.feeds
    if not addresses:
        raise UsageError('no feeds: write feeds = ["https://…"] below [inbox] in mailer.toml')
    seen = _Seen(proposed_to(premises).folder / _SEEN)
    for shelf in (inbox_of(premises), proposed_to(premises)):
        for kept in shelf.items(tell):
            seen.note(kept.item.url)
    found = [path for url in addresses for path in _of_feed(premises, url, seen, tell)]
    seen.keep()
    return found


def _of_feed(premises: Premises, url: str, seen: _Seen, tell: Tell) -> Iterator[Path]:
    try:
        fetched = premises.pages.get(url)
    except FetchError as error:
        tell(f"{url} {error}: the feed proposes nothing today")
        return
    feed = feeds.read(fetched.content, fetched.url)
    if feed is None:
        tell(f"{url} is no feed of RSS or Atom: mend it in mailer.toml")
        return
    for entry in _recent(feed, premises.now()):
        address = tracking.without(entry.url)
        if not seen.note(address) and not ran(premises, address):
            yield proposed_to(premises).add(_proposal(premises, feed, entry, address))


def _recent(feed: Feed, now: dt.datetime) -> list[Entry]:
    """Of the last month, or without a date."""
    recent = [entry for entry in feed.entries if entry.at is None or now - entry.at < _RECENT]
    return recent[:_MOST]


def _proposal(premises: Premises, feed: Feed, entry: Entry, url: str) -> InboxItem:
    return InboxItem(
        url=url,
        title=entry.title,
        added=premises.today(),
        site=feed.title,
        description=entry.summary,
        links=kinds(url, ()),
    )


class _Seen:
    """Canonical links, one a line, the latest last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self._names = dict.fromkeys(text.split())

    def note(self, url: str) -> bool:
        """Whether it was noted before."""
        name = canonical(url)
        was_there = name in self._names
        self._names[name] = None
        return was_there

    def keep(self) -> None:
        latest = list(self._names)[-_MOST_SEEN:]
        files.write_atomically(self._path, "".join(f"{name}\n" for name in latest))
