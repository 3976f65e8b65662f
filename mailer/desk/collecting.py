"""Collecting what came back: from files, from a pipe, from a mailbox far away; and what of it waits
for an editor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App
from mailer.desk import holding, returns
from mailer.desk.returns import Post, Taken, Via
from mailer.errors import ConfigError, NotFound
from mailer.feedback.policy import Effect
from mailer.feedback.sources import files, imap
from mailer.ledger import replies, reports
from mailer.ledger.holds import Held
from mailer.ledger.replies import Wish
from mailer.ledger.reports import Open

WISH, REPORT = "wish", "report"
_BOOKS = {WISH: replies, REPORT: reports}


@dataclass(frozen=True, slots=True)
class Todo:
    """What an editor is to look at: dispatches of which too much came back, who wants to be
    removed, and reports that nothing proves."""

    held: list[Held]
    wishes: list[Wish]
    reports: list[Open]


def from_files(app: App, path: Path, dry_run: bool) -> Iterator[tuple[str, list[Taken]]]:
    """Each message at `path` and what became of it. Of a message in a file of its own the word is
    good: somebody named that very file. Into a mailbox anybody writes. Raises NotFound."""
    for found in files.messages(path):
        via = Via.MAILBOX if found.in_mailbox else Via.FILE
        post = Post(found.content, via, vouched=not found.in_mailbox)
        yield found.name, returns.take(app, post, dry_run)


def from_pipe(app: App, content: bytes, to: str, dry_run: bool) -> list[Taken]:
    """One message, as a mail server hands it to a program."""
    post = Post(files.without_separator(content), Via.PIPE, to)
    return returns.take(app, post, dry_run)


def from_mailbox(app: App) -> Iterator[list[Taken]]:
    """Every message of [bounces] imap that was not yet read. Raises ConfigError, MailboxError."""
    settings = app.config.bounces
    if settings.imap is None:
        raise ConfigError('bounces.imap is not set: imap = "imaps://user@mail.example.org/INBOX"')
    secret = settings.imap_password
    password = secret.get_secret_value() if secret else ""
    account = imap.Account(settings.imap, password, settings.imap_after == "delete")
    for content in imap.messages(account):
        yield returns.take(app, Post(content, Via.IMAP))


def todo(app: App) -> Todo:
    with app.database.read() as c:
        return Todo(holding.held(c), replies.wishes(c), reports.open_(c, Effect.ASKED))


def settle(app: App, name: str) -> None:
    """Somebody saw to it. `name` is `wish-3`, `report-12` or `dispatch-7`; raises NotFound."""
    kind, number = _named(name)
    if kind == holding.NAME:
        holding.dismiss(app, number)
        return
    with app.database.write() as c:
        done = _BOOKS[kind].settle(c, number, app.now())
    if not done:
        raise NotFound(f"{name}: there is nothing to settle: see `mailer bounce todo`")


def agree(app: App, name: str) -> int:
    """Suppress whom the reports on `dispatch-7` name, though they are many; how many that were.
    Raises NotFound."""
    kind, number = _named(name)
    if kind != holding.NAME:
        raise NotFound(f"{name}: nothing of it is held: `mailer bounce todo` lists dispatch-7 …")
    return holding.agree(app, number)


def _named(name: str) -> tuple[str, int]:
    """Raises NotFound."""
    kind, _, number = name.partition("-")
    known = kind == holding.NAME or kind in _BOOKS
    if not known or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound(
            f"{name}: nothing of that name: `mailer bounce todo` lists wish-1, report-2, "
            "dispatch-7 …"
        )
    return kind, int(number)
