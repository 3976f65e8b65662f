"""`[publication]`: what it is called, where it is found, in whose name it is mailed."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from mailer.config.values import Mailbox, Table, Text, shaped
from mailer.model.mailbox import ascii_domain

_URL_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_URL_PATH = re.compile(r"[A-Za-z0-9._~/%-]*")


def _http_url(text: str) -> str:
    """Its host in A-labels, without a slash at its end: it stands in headers as it is."""
    try:
        parts = urlsplit(text)
        host, port = ascii_domain(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValueError(f"is not an address of the web: {text!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"is not an http(s) address: {text!r}")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("has a query, a fragment or a login: give the address without them")
    if not _URL_PATH.fullmatch(parts.path) or not _URL_HOST.fullmatch(host) or len(text) > 500:
        raise ValueError(f"holds characters that an address cannot have: {text!r}")
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"is not a time zone such as Europe/Berlin: {text!r}") from error
    return text


def _list_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise ValueError(f"must be lower-case letters, digits and hyphens: {text!r}")
    return text


HttpUrl = Annotated[str, AfterValidator(_http_url)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
ListName = Annotated[str, AfterValidator(_list_name)]
Lang = Annotated[str, shaped("[a-z]{2,3}(-[A-Za-z0-9]+)*", "is no language such as en or pt-BR")]
ThemeName = Annotated[str, shaped("[a-z0-9-]+", "is no theme's name such as digest")]


class Publication(Table):
    id: ListName
    name: Text = Field(min_length=1, max_length=200)
    sender: Mailbox = Field(alias="from")
    reply_to: Mailbox | None = None
    editor: Mailbox | None = None
    url: HttpUrl
    former_urls: tuple[HttpUrl, ...] = ()  # where it was before: old links go on working
    address: Text = ""
    timezone: TimeZone = "UTC"
    lang: Lang = "en"
    theme: ThemeName = "digest"
    list: ListName
    names: tuple[str, ...] = ()  # its own names, as the check shall want them spelled
    lead_words: tuple[str, ...] = ()  # more words that may begin a link line
    images: Literal["linked", "attached"] = "linked"  # where a message's pictures are
    images_url: HttpUrl | None = None  # where linked ones are served; default: below `url`
