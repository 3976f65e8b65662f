"""A mail in a file (RFC 5322) → its HTML, or its text, and the pictures that it carries."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.policy import default as modern
from email.utils import parsedate_to_datetime

from mailer.errors import SourceError
from mailer.intake.reading.charset import decoded
from mailer.intake.reading.html import reader as html
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.structure.arranging import Source
from mailer.intake.reading.structure.opening import Known
from mailer.intake.reading.text import reader as text


def post(raw: Raw) -> Post:
    """Raises SourceError for a mail without any text."""
    message = email.message_from_bytes(raw.content.lstrip(), policy=modern)
    if not isinstance(message, EmailMessage):
        raise SourceError("is no mail")
    part = message.get_body(preferencelist=("html", "plain"))
    if part is None:
        raise SourceError("is a mail without text")
    title, day = _subject(message), _day(message)
    content = decoded(_payload(part), part.get_content_charset() or "")
    is_html = part.get_content_type() == "text/html"

    def read(lang: str) -> Manuscript:
        known = Known(date=day)
        if is_html:
            setting = html.Setting("", lang, known, is_whole=True, title=title)
            return html.read(content, setting)
        return text.read(content, Source(Known(title, day), lang))

    return Post(title, day, read, dict(_pictures(message)))


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _subject(message: EmailMessage) -> str:
    """Also where it is no well-formed encoded word."""
    return " ".join(str(message.get("Subject", "")).split())


def _day(message: EmailMessage) -> dt.date | None:
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).date()
    except (ValueError, TypeError):
        return None


def _pictures(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """By `cid:` and the id that HTML names (RFC 2392), or by their own address (RFC 2557)."""
    for part in message.walk():
        if part.get_content_maintype() != "image" or not isinstance(part, EmailMessage):
            continue
        name = str(part.get("Content-ID", "")).strip().strip("<>")
        if name:
            yield f"cid:{name}", _payload(part)
        if location := str(part.get("Content-Location", "")).strip():
            yield location, _payload(part)
