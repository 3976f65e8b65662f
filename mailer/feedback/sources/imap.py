"""A mailbox far away, read by IMAP (RFC 9051). A message is marked only once it was taken in, so
that one whose reading breaks off comes again."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from mailer.errors import MailboxError

_SECONDS = 60.0
_PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}
_TROUBLE = (imaplib.IMAP4.error, OSError)


@dataclass(frozen=True, slots=True)
class Account:
    """`url` as [bounces] imap has it. Messages are deleted once they are read, or kept as seen."""

    url: str
    password: str = field(repr=False)
    delete: bool

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @property
    def where(self) -> str:
        """Without the user's name: for logs."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    @property
    def folder(self) -> str:
        return unquote(urlsplit(self.url).path.lstrip("/")) or "INBOX"


def messages(account: Account) -> Iterator[bytes]:
    """Every message that was not yet read; it is marked when the next one is asked for. Raises
    MailboxError."""
    with _opened(account) as box:
        [numbers] = _asked(account, box.uid("SEARCH", "UNSEEN", "UNDELETED"))
        for number in (numbers or b"").decode().split():
            yield _fetched(account, box, number)
            _marked(account, box, number)
        if account.delete:
            _asked(account, box.expunge())


@contextmanager
def _opened(account: Account) -> Iterator[imaplib.IMAP4]:
    with ExitStack() as stack:
        try:
            box = _connected(account)
            stack.callback(_leave, box)
            _enter(account, box)
            yield box
        except _TROUBLE as error:
            raise _trouble(account, error) from error


def _leave(box: imaplib.IMAP4) -> None:
    with suppress(*_TROUBLE):
        box.logout()


def _enter(account: Account, box: imaplib.IMAP4) -> None:
    parts = urlsplit(account.url)
    if parts.scheme == "imap+starttls":
        box.starttls(account.trust)
    box.login(unquote(parts.username or ""), account.password)
    _asked(account, box.select(_quoted(account.folder)))


def _connected(account: Account) -> imaplib.IMAP4:
    parts = urlsplit(account.url)
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    if parts.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=account.trust, timeout=_SECONDS)
    return imaplib.IMAP4(host, port, timeout=_SECONDS)


def _fetched(account: Account, box: imaplib.IMAP4, number: str) -> bytes:
    """The whole message, without making it seen."""
    found = _asked(account, box.uid("FETCH", number, "(BODY.PEEK[])"))
    return next((part[1] for part in found if isinstance(part, tuple)), b"")


def _marked(account: Account, box: imaplib.IMAP4, number: str) -> None:
    flags = "(\\Seen \\Deleted)" if account.delete else "(\\Seen)"
    _asked(account, box.uid("STORE", number, "+FLAGS", flags))


def _asked(account: Account, answer: tuple[str, list[Any]]) -> list[Any]:
    state, found = answer
    if state != "OK":
        words = b" ".join(part for part in found if isinstance(part, bytes))
        raise _trouble(account, imaplib.IMAP4.error(words.decode("utf-8", "replace")))
    return found


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _trouble(account: Account, error: Exception) -> MailboxError:
    said = error.args[0] if error.args else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return MailboxError(
        f"{account.where}: the mailbox of bounces cannot be read: {text}: check bounces.imap and "
        "MAILER_BOUNCES__IMAP_PASSWORD"
    )
