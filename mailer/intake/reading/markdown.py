"""Markdown of another program, with front matter or without → HTML → the manuscript."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import yaml
from markdown_it import MarkdownIt

from mailer.intake.reading.dates import day_in
from mailer.intake.reading.html import reader as html
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Post
from mailer.intake.reading.structure.opening import Known

_FRONT = re.compile(r"---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_TITLES, _DATES = ("subject", "title"), ("publish_date", "date", "creation_date", "published_at")


def post(text: str, name: str, base: str = "") -> Post:
    """Whatever its front matter calls title and day."""
    front, body = _divided(text)
    title = next((str(front[key]) for key in _TITLES if front.get(key)), "")
    days = (day_in(str(front[key])) for key in _DATES if front.get(key))
    day: dt.date | None = next(filter(None, days), None)

    def read(lang: str) -> Manuscript:
        rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        setting = html.Setting(base, lang, Known(title, day), is_whole=True)
        return html.read(f"<body>{rendered.render(body)}</body>", setting)

    return Post(title or name, day, read)


def _divided(text: str) -> tuple[dict[str, Any], str]:
    found = _FRONT.match(text)
    if not found:
        return {}, text
    try:
        front = yaml.safe_load(found[1])
    except (yaml.YAMLError, RecursionError):
        return {}, text
    return (front, text[found.end() :]) if isinstance(front, dict) else ({}, text)
