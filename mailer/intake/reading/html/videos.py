"""Films that a page embeds → where they are watched."""

from __future__ import annotations

import re

from mailer.intake.reading.html.document import Element

_WATCHED = (
    (
        re.compile(r"(?:youtube(?:-nocookie)?\.com/embed/|youtu\.be/)([\w-]{6,})"),
        "https://youtu.be/{}",
    ),
    (re.compile(r"player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
)


def address(element: Element) -> str:
    """Of an iframe, embed or video element; empty where it leads nowhere."""
    source = element.get("src") or element.get("data-src") or ""
    inner = element.find(".//source")
    source = source or (inner.get("src") or "" if inner is not None else "")
    for pattern, form in _WATCHED:
        if found := pattern.search(source):
            return form.format(found[1])
    return f"https:{source}" if source.startswith("//") else source


def title(element: Element) -> str:
    return " ".join((element.get("title") or element.get("aria-label") or "").split())
