"""`mailer demo`: the main job end to end, on this machine alone.

A publication sends October's issue to 500 readers through a local mail catcher; one of them leaves
by the link in the mail; the publication gets a new name and look and sends January's to the rest.
"""

from __future__ import annotations

import email
import email.policy
import shutil
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from mailer import files
from mailer.app import App, open_app
from mailer.config import FILE
from mailer.desk import offer, rendering, sending, setup
from mailer.desk.composing import compose_file
from mailer.errors import MailerError, UsageError
from mailer.model.delivery import DispatchStatus
from mailer.ops import inbox
from mailer.ops.catcher import Catcher
from mailer.web import server
from mailer.web.site import site_of
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes

FOLDER = Path("demo")
_SUMMARY = "README.txt"
_RENAMED = "renamed.toml"  # mailer.toml as it is from January on
_CONSENT = "the example's sign-up form"
_URLS = {"https://news.example.org": "web", "smtp://localhost:1025": "smtp"}


@dataclass
class Story:
    """What happened, told as it happens and kept for the summary."""

    lines: list[str] = field(default_factory=list)

    def tell(self, line: str = "") -> None:
        self.lines.append(line)
        print(line, flush=True)


def run(serve: bool, folder: Path = FOLDER) -> None:
    """Leave `folder` with everything to look at. Raises UsageError where it holds other things."""
    _clear(folder)
    story = Story()
    with ExitStack() as stack:
        catcher = stack.enter_context(Catcher())
        listener = stack.enter_context(server.listen("127.0.0.1", 0))
        publication = folder / "publication"
        setup.init(publication, example=True)
        urls = {"web": server.address(listener), "smtp": catcher.url}
        point(publication / FILE, urls)
        pages = _Pages(publication)
        stack.callback(pages.close)
        application = inbox.create(catcher, Starlette(routes=[Mount("/", pages)]))
        page = stack.enter_context(server.running(application, listener))
        _act(story, publication, catcher, urls, pages)
        _where_to_look(story, folder)
        files.write_atomically(folder / _SUMMARY, "\n".join(story.lines) + "\n")
        if serve:
            _keep_open(f"{page}/inbox/")


class _Pages:
    """The readers' pages, begun anew when mailer.toml changes, as an operator would."""

    def __init__(self, publication: Path) -> None:
        self._publication = publication
        self._at_work = ExitStack()
        self.begin_anew()

    def begin_anew(self) -> None:
        self.close()
        app = open_app(self._publication)
        site = site_of(app)
        self._at_work.enter_context(site.clerk.at_work())
        self._application = server.application_of(site, app)

    def close(self) -> None:
        self._at_work.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _SUMMARY).is_file():
        raise UsageError(f"{folder}: is there already and not a demo's: move it away")
    shutil.rmtree(folder, ignore_errors=True)
    files.write_atomically(folder / _SUMMARY, "The demonstration is at work, or was stopped.\n")


def point(file: Path, urls: dict[str, str]) -> None:
    """Let a copy of the example's mailer.toml use the servers of this demonstration."""
    text = file.read_text(encoding="utf-8")
    for example, name in _URLS.items():
        text = text.replace(f'"{example}"', f'"{urls[name]}"')
    files.write_atomically(file, text)


def _act(
    story: Story, publication: Path, catcher: Catcher, urls: dict[str, str], pages: _Pages
) -> None:
    app = open_app(publication)
    story.tell(f"1. {app.config.publication.name}: a publication in {publication}")
    report = import_file(
        app.store,
        publication / "subscribers.csv",
        "monthly",
        Wishes(confirmed=_CONSENT),
        app.now(),
    )
    story.tell(f"2. {report.added} readers imported onto the list monthly, with their consent")
    october = _send(story, "3.", app, catcher, "2020-10")
    reader = _leave(catcher.messages[0].content)
    story.tell(f"4. {reader} left by the one-click link of that mail (RFC 8058)")
    shutil.copyfile(publication / _RENAMED, publication / FILE)
    point(publication / FILE, urls)
    pages.begin_anew()
    app = open_app(publication)
    story.tell(f"5. The publication has a new name and look: {app.config.publication.name}")
    january = _send(story, "6.", app, catcher, "2021-01")
    left = october.sent - january.sent
    story.tell(f"   {january.sent}; {left} left since October")
    if any(reader in message.recipients for message in catcher.messages[october.total :]):
        raise MailerError(f"{reader} left and was mailed all the same")


def _send(story: Story, step: str, app: App, catcher: Catcher, slug: str) -> DispatchStatus:
    """Compose, check, send; what it looks like goes beside the publication."""
    file, out = app.issues / f"{slug}.md", app.folder.parent
    composition = compose_file(app, file)
    issue, _ = composition.require_sound()
    before, began = len(catcher.messages), time.monotonic()
    made = offer.offer(app, composition, None, late=False, expect=None)
    ended = sending.carry_on(
        app, offer.begin(app, composition, made), lambda _count: None, story.tell
    )
    if ended.trouble is not None:
        raise ended.trouble
    caught = catcher.messages[before:]
    story.tell(
        f"{step} “{issue.title}” ({issue.outline()}): {ended.status.sent} copies sent in "
        f"{time.monotonic() - began:.1f} s, {len(caught)} caught, "
        f"{len({message.recipients for message in caught})} addresses"
    )
    beside = compose_file(app, file, lambda picture: rendering.picture_beside(picture.name))
    rendering.render(app, beside, out, slug)
    copies = out / f"{slug}-copies"
    copies.mkdir()
    for message in caught:
        (copies / message.file_name).write_bytes(message.content)
    return ended.status


def _leave(content: bytes) -> str:
    """Do what a mail client does when its reader presses "unsubscribe"; the reader's address."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes it so
    url = str(message["List-Unsubscribe"]).strip("<>")
    body = str(message["List-Unsubscribe-Post"]).encode()
    with urllib.request.urlopen(url, data=body, timeout=10) as answer:  # noqa: S310 - our own server
        answer.read()
    return str(message["To"])


def _where_to_look(story: Story, folder: Path) -> None:
    story.tell()
    story.tell("Where to look:")
    for path, what in (
        ("2020-10.html, 2021-01.html", "the issues as readers see them, before and after"),
        ("2020-10.txt, 2021-01.txt", "their plain-text editions"),
        ("2020-10-copies/, 2021-01-copies/", "every caught message, an .eml for each reader"),
        ("publication/", "the publication: mailer.toml, issues/, images/, mailer.db"),
    ):
        story.tell(f"  {folder}/{path}: {what}")


def _keep_open(inbox_url: str) -> None:
    print(f"\nInbox of the caught messages: {inbox_url} (ctrl-C ends it)", file=sys.stderr)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
