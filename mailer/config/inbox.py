"""[inbox]: what an editor collects for the next issue, and who may bring it."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic import model_validator as whole

from mailer.config.values import Table, mailbox, one_line
from mailer.model.mailbox import split_mailbox


def _bare_address(text: str) -> str:
    if split_mailbox(text)[0]:
        raise ValueError(f"must be an address alone: {text!r}")
    return mailbox(text)


def _feed(text: str) -> str:
    try:
        parts = urlsplit(one_line(text))
    except ValueError as error:
        raise ValueError(f"is not an address of the web: {text!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is not an address such as https://example.org/feed.xml: {text!r}")
    return text


Address = Annotated[str, AfterValidator(_bare_address)]
Heading = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]


class Inbox(Table):
    """`sections` are those of an issue, in their order; mail to `address` from one of `senders`
    becomes items; `feeds` propose some."""

    sections: tuple[Heading, ...] = ()
    address: Address | None = None
    senders: tuple[Address, ...] = Field(default=(), alias="from")
    feeds: tuple[Annotated[str, AfterValidator(_feed)], ...] = ()

    @whole(mode="after")
    def _known(self) -> Self:
        if self.address is not None and not self.senders:
            raise ValueError("takes mail from nobody: set inbox.from too")
        return self
