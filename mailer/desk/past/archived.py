"""What an issue tells of that only the archive has: read from its page, heading by heading."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.canonical import canonical
from mailer.composer.parsing.roles import role_of
from mailer.composer.past import Mention, Told
from mailer.desk.past.index import Source
from mailer.ledger import archive, editions
from mailer.records import Records

EDITION = "edition "  # begins the key of what the archive has
_HEADINGS = ("h2", "h3")
_SEEN = "//main//*[self::h2 or self::h3 or self::a[@href]]"


def archived(app: Records) -> dict[str, int]:
    """The number of every edition that a page ever showed, by a key: an edition is never written
    again. Raises DatabaseError."""
    with app.database.read() as c:
        shown = archive.ever_shown(c)
    return {f"{EDITION}{number:012} of {issue_id}": number for issue_id, number in shown}


def source_of(app: Records, key: str, number: int) -> Source:
    with app.database.read() as c:
        edition = editions.load(c, number)
    told = tuple(_told(edition.page))
    return Source(key, edition.issue_id, edition.date, edition.lang, "", told)


def _told(page: str) -> Iterator[Told]:
    """What stands above the first heading belongs to none; a page has no lines and no link
    lines."""
    title, mentions = "", dict[Mention, None]()
    for element in html.document_fromstring(page).xpath(_SEEN):
        if element.tag in _HEADINGS:
            if title:
                yield Told(title, 0, tuple(mentions))
            title, mentions = " ".join(element.text_content().split()), {}
        elif name := canonical(element.get("href")):
            url = element.get("href")
            label = " ".join(element.text_content().split())
            mentions[Mention(name, url, role_of(label, url), 0, listed=False)] = None
    if title:
        yield Told(title, 0, tuple(mentions))
