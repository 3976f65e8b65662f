"""The month's inbox: links become items, by their pages or by what somebody says of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailer.composer.canonical import canonical
from mailer.composer.checking import tracking
from mailer.composer.past import Ran
from mailer.desk.past.memory import ran, remember_move
from mailer.errors import FetchError, MailerError, NotFound
from mailer.intake.inbox import page as pages
from mailer.intake.inbox.folder import Inbox
from mailer.intake.inbox.item import InboxItem
from mailer.intake.inbox.page import Page
from mailer.premises import Premises

_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says of a link; a title of theirs is taken without a look at the page."""

    title: str = ""
    note: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """An item and its file; `is_new` where it was not there before; `ran` is where it was in an
    issue already."""

    path: Path
    item: InboxItem
    is_new: bool
    ran: tuple[Ran, ...]


def inbox_of(premises: Premises) -> Inbox:
    return Inbox(premises.folder / "inbox")


def proposed_to(premises: Premises) -> Inbox:
    """What feeds propose and nobody has taken."""
    return Inbox(premises.folder / "inbox" / "proposed")


def add(premises: Premises, address: str, words: Words) -> Added:
    """Keep a link. A proposal of it is taken. Raises MailerError where its page cannot be read;
    then nothing is kept."""
    url = tracking.without(_whole(address))
    if known := _kept(premises, url):
        return known
    named, read = url, pages.without_words(url)
    if not words.title:
        read, url = _read(premises, url)
    if url != named and (known := _kept(premises, url)):
        return known
    item = InboxItem(
        url=url,
        title=words.title or read.title or urlsplit(url).netloc,
        added=premises.today(),
        section=words.section,
        site=read.site,
        description=read.description,
        picture=read.picture,
        links=read.links,
        note=words.note,
    )
    return Added(_take(premises, item), item, True, ran(premises, url))


def drop(premises: Premises, name: str) -> None:
    """An item or a proposal. Raises NotFound."""
    shelves = [each for each in (inbox_of(premises), proposed_to(premises)) if each.has(name)]
    if not shelves:
        raise NotFound(f"{name}: nothing of that name: `mailer item list` shows what there is")
    shelves[0].drop(name)


def _whole(address: str) -> str:
    url = address.strip()
    url = url if "://" in url else f"https://{url}"
    if not canonical(url) or any(character.isspace() for character in url):
        raise MailerError(f"{address}: is no address of the web: write https://…")
    parts = urlsplit(url)
    if "@" in parts.netloc:  # which is told neither to readers nor to a log
        raise MailerError(f"{parts.hostname}: there is a login in its address: write it without")
    return url


def _kept(premises: Premises, url: str) -> Added | None:
    known = inbox_of(premises).find(url)
    return Added(known.path, known.item, False, ()) if known else None


def _take(premises: Premises, item: InboxItem) -> Path:
    path = inbox_of(premises).add(item)
    proposed = proposed_to(premises)
    if proposal := proposed.find(item.url):
        proposed.drop(proposal.name)
    return path


def _read(premises: Premises, url: str) -> tuple[Page, str]:
    """What its page says, and where that has moved for good."""
    try:
        found = premises.pages.get(pages.readable(url))
    except FetchError as error:
        mend = "mend the address, or give a --title to keep it unread"
        raise MailerError(f"{url} {error}: {mend}") from error
    if found.moved is not None:
        remember_move(premises, url, found.moved)
        url = tracking.without(found.moved)
    if found.media_type not in _HTML:
        return pages.without_words(url), url
    return pages.read(found.text, pages.readable(url)), url
