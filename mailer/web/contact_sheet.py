"""The contact sheet: a copy as each kind of mail client shows it, in frames of its own. The preview
and the page of a review share it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mailer import files
from mailer.desk.copies import Copy
from mailer.model.edition import Edition
from mailer.model.mailbox import split_mailbox
from mailer.web.pages import STYLE
from mailer.web.preview_clients import CLIENTS, Client, preview_text, shown
from mailer.web.security import SELF, content_policy

SHEETS = (STYLE, "inbox.css", "preview.css")  # the style of a page with a contact sheet
FIT = "fit.js"  # scales its frames into their columns; without it they are scrolled


@dataclass(frozen=True, slots=True)
class Frame:
    """`name` is unique on the page."""

    name: str
    url: str
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Tile:
    client: Client
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """What an inbox shows of a message before it is opened."""

    sender: str
    subject: str
    preview: str


@dataclass(frozen=True, slots=True)
class ContactSheet:
    copy: Copy
    row: InboxRow
    tiles: tuple[Tile, ...]


def contact_sheet(edition: Edition, copy: Copy, url: Callable[[Client], str]) -> ContactSheet:
    """`url` says where a client's frame has its document."""
    name, address = split_mailbox(edition.sender)
    row = InboxRow(name or address, copy.subject, preview_text(copy.html))
    return ContactSheet(copy, row, tuple(_tiles(url)))


def _tiles(url: Callable[[Client], str]) -> Iterator[Tile]:
    for client in CLIENTS.values():
        frames = (
            Frame(f"{client.name}-{w}", url(client), w, height, f"{client.title}, {w} px")
            for w, height in client.sizes
        )
        yield Tile(client, tuple(frames))


def page_policy(style: str) -> str:
    """The policy of a page with a contact sheet: our own scripts and frames, and no others."""
    return f"{content_policy(style, frames=SELF)}; script-src {SELF}"


def framed(
    html: str, client: Client, pictures: Collection[str], page: str, shelf: str, sandbox: str
) -> HTMLResponse:
    """The document of one frame, with no right to run, to send or to fetch elsewhere; `page` is the
    issue's public address, and the pictures that it shows are below `shelf`."""
    policy = content_policy("'unsafe-inline'", f"{SELF} data:", ancestors=SELF)
    headers = {"content-security-policy": f"{policy}; sandbox {sandbox}"}
    return HTMLResponse(shown(html, client, pictures, page, shelf), headers=headers)


def script(request: Request) -> Response:
    """One of our own, by the last part of the address, which a route has named."""
    source = files.templates_dir() / "pages" / request.url.path.rpartition("/")[2]
    return Response(source.read_bytes(), media_type="text/javascript")
