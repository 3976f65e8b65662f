"""Bytes, whatever they are → the posts in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailer.errors import SourceError
from mailer.intake.reading import export, feed, mail, markdown
from mailer.intake.reading.charset import decoded
from mailer.intake.reading.html import reader as html
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.structure.arranging import Source
from mailer.intake.reading.text import reader as text

_HEAD = 4_096  # octets by which a kind is told
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"(?:<!DOCTYPE\s+(?:rss|rdf:RDF)[^\[>]*(?:\[.*?\]\s*)?>\s*)?<(?:rss|feed|rdf:RDF)\b",
    re.DOTALL,
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta|title|center"
    r"|article|main|section|div|table|p|ul|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    r"(?:From [^\n]*\n)?(?:[!-9;-~]+:[ \t][^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", re.ASCII
)
_MAIL_FIELDS = re.compile(r"^(?:from|received|mime-version|message-id|return-path):", re.I | re.M)
_BINARY = re.compile(
    rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|\xd0\xcf\x11\xe0|\x1f\x8b|Rar!|7z\xbc\xaf|\x7fELF"
)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_NAMES, _MARKDOWN_NAMES = (".html", ".htm", ".xhtml"), (".md", ".markdown")


def posts(raw: Raw) -> Sequence[Post]:
    """One at least. Raises SourceError for what is none of the kinds that we read."""
    if not raw.content.strip():
        raise SourceError("is empty")
    if raw.content.startswith(b"PK\x03\x04"):
        return export.from_archive(raw)
    if _BINARY.match(raw.content) or raw.media_type.startswith(("image/", "video/", "audio/")):
        raise SourceError("is no page, text, mail, feed or export: copy its text into a file")
    return _by_text(raw, raw.content[:_HEAD].decode("utf-8", "replace").lstrip("\ufeff"))


def _by_text(raw: Raw, head: str) -> Sequence[Post]:
    name = raw.name.lower()
    if head.lstrip().startswith(("{", "[")) and (
        name.endswith(".json") or "json" in raw.media_type
    ):
        return export.from_json(raw)
    if _FEED.match(head):
        return feed.posts(raw)
    if _HTML.match(head) or raw.media_type in _HTML_TYPES or name.endswith(_HTML_NAMES):
        return [_page(raw)]
    if name.endswith(".eml") or (_MAIL.match(head) and _MAIL_FIELDS.search(head)):
        return [mail.post(raw)]
    if head.lstrip().startswith("<?xml"):
        raise SourceError("is XML, but no page and no feed: copy its text into a file")
    if b"\0" in raw.content[:_HEAD] and not raw.content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("is no page, text, mail, feed or export: copy its text into a file")
    if name.endswith(_MARKDOWN_NAMES):
        return [markdown.post(decoded(raw.content), raw.name, raw.base)]
    return [Post("", None, _reads_text(decoded(raw.content)))]


def _page(raw: Raw) -> Post:
    def read(lang: str) -> Manuscript:
        return html.read(decoded(raw.content, raw.charset), html.Setting(raw.base, lang))

    return Post("", None, read)


def _reads_text(content: str) -> Callable[[str], Manuscript]:
    return lambda lang: text.read(content, Source(lang=lang))
