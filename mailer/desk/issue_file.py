"""The file of a new issue: its place, and how it begins."""

from __future__ import annotations

import re
from pathlib import Path

from mailer import files
from mailer.desk import starter
from mailer.errors import UsageError
from mailer.premises import Premises


def new(app: Premises, slug: str, title: str, items: str = "") -> Path:
    """Lay out an issue file, with `items` as they will stand in it; raises UsageError where there
    is one of that name."""
    path = place_of(app, slug)
    date = app.today().isoformat()
    lang = app.config.publication.lang
    text = starter.text_of("issue.md.j2", id=slug, title=title, date=date, lang=lang, items=items)
    files.write_atomically(path, text)
    return path


def place_of(app: Premises, slug: str) -> Path:
    """Where the file of a new issue goes; raises UsageError where there is one of that name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", slug):
        raise UsageError(f"{slug!r}: use letters, digits, dots and hyphens, such as 2021-01")
    path = app.issues / f"{slug}.md"
    if path.exists():
        raise UsageError(f"{path}: is there already: choose another name")
    return path
