"""What an issue tells of that only the archive has: read from its page, heading by heading."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html  # type: ignore[import-untyped]  # it ships no types

from mailer.app import App
from mailer.composer.canonical import canonical
from mailer.composer.parsing.roles import role_of
from mailer.composer.past import Mention, Told
from mailer.ledger import archive, editions
from mailer.ledger.archive import ArchivedIssue

_HEADINGS = ("h2", "h3")
_SEEN = "//main//*[self::h2 or self::h3 or self::a[@href]]"


def archived_issues(app: App) -> list[ArchivedIssue]:
    """In each language; raises DatabaseError."""
    with app.database.read() as c:
        return [issue for languages in archive.listed(c) for issue in languages]


def told_on(app: App, issue: ArchivedIssue) -> tuple[Told, ...]:
    with app.database.read() as c:
        page = editions.load(c, issue.edition_id).page
    return tuple(_told(page))


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
