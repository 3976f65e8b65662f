"""[bounces]: where what comes back comes in, and when it is enough."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic import model_validator as whole

from mailer.config.values import Duration, Table, mailbox, shaped
from mailer.model.host import on_this_machine
from mailer.model.mailbox import split_mailbox
from mailer.model.return_path import PLACE, TOKEN_CHARACTERS, filled, with_place

_LOCAL_OCTETS = 64  # RFC 5321 §4.5.3.1.1
_MAILBOXES = ("imaps", "imap+starttls", "imap")
_LISTENERS = ("lmtp", "smtp")


def _return_path(text: str) -> str:
    """An address with a place for the token of a copy (VERP), which fits into it."""
    template = with_place(text)
    if template.count(PLACE) > 1 or split_mailbox(template)[0]:
        raise ValueError(f"must be an address alone, with {PLACE} at most once: {text!r}")
    sample = "a" * TOKEN_CHARACTERS
    address = mailbox(filled(template, sample))
    if len(address.rpartition("@")[0]) > _LOCAL_OCTETS:
        room = _LOCAL_OCTETS - TOKEN_CHARACTERS
        raise ValueError(f"has over {room} characters before the @ beside the token: {text!r}")
    return address.replace(sample, PLACE)


def _parts(text: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError as error:
        raise ValueError(f"is not an address such as {example}: {text!r}: {error}") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"is not an address such as {example}: {text!r}")
    return parts


def _mailbox_url(text: str) -> str:
    parts = _parts(text, _MAILBOXES, "imaps://user@mail.example.org/INBOX")
    if parts.password is not None:
        raise ValueError("holds a password: give it as MAILER_BOUNCES__IMAP_PASSWORD")
    if not parts.username:
        raise ValueError(f"names no user: imaps://USER@{parts.hostname}/INBOX")
    if parts.scheme == "imap" and not on_this_machine(parts.hostname or ""):
        raise ValueError("sends the password in the clear: use imaps:// or imap+starttls://")
    return text


def _listener_url(text: str) -> str:
    if _parts(text, _LISTENERS, "lmtp://127.0.0.1:8024").port is None:
        raise ValueError(f"names no port: lmtp://127.0.0.1:8024: {text!r}")
    return text


Topic = Annotated[str, shaped("arn:aws[a-z-]*:sns:.+", "is no topic such as arn:aws:sns:…")]


class Bounces(Table):
    """`address` is the return path of copies; the token of the copy is put into it."""

    address: Annotated[str, AfterValidator(_return_path)] | None = None
    soft_count: int = Field(default=3, ge=1, le=100)
    soft_within: Duration = Field(
        default=dt.timedelta(days=120), ge=dt.timedelta(days=1), le=dt.timedelta(days=3650)
    )
    hold_at: float = Field(default=0.2, gt=0, le=1)  # the share of a dispatch's copies
    imap: Annotated[str, AfterValidator(_mailbox_url)] | None = None
    imap_password: SecretStr | None = None
    imap_after: Literal["delete", "keep"] = "keep"  # what becomes of a message that was read
    listen: Annotated[str, AfterValidator(_listener_url)] | None = None
    ses_topics: tuple[Topic, ...] = ()
    postmark_password: SecretStr | None = None

    @whole(mode="after")
    def _somewhere(self) -> Self:
        if self.listen is not None and self.address is None:
            raise ValueError("listens for mail to no address: set bounces.address too")
        return self
