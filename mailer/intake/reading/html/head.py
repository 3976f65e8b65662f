"""What a page says of itself: title, day, number, language."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

from mailer.intake.reading.dates import day_in, number_in
from mailer.intake.reading.html.document import Element

_DATES = (
    "article:published_time",
    "og:published_time",
    "date",
    "dc.date",
    "dcterms.created",
    "pubdate",
)
_LANG = re.compile(r"[a-z]{2,3}")
_MANY = ("zh", "pt", "sr")  # languages that are written in more than one way


@dataclass(frozen=True, slots=True)
class Told:
    """`heading` is the only one of the first level; `title` is that, or what the page tells other
    sites, or the window's."""

    heading: str
    title: str
    date: dt.date | None
    number: int | None


def told_by(root: Element) -> Told:
    texts = [_line(h.text_content()) for h in root.iter("h1")]
    headings = [text for text in texts if text]
    heading = headings[0] if len(headings) == 1 else ""
    title = heading or _meta(root, "og:title") or _meta(root, "twitter:title") or _window(root)
    return Told(heading, title, _date(root), number_in(title))


def language(root: Element) -> str:
    """As the page declares it, such as `en` or `pt-br`; empty where it declares none."""
    for element in (root, root.find("body"), root.find(".//article")):
        declared = element.get("lang", "") if element is not None else ""
        main, *rest = declared.replace("_", "-").lower().split("-")
        if _LANG.fullmatch(main):
            return "-".join((main, *rest[:1])).strip("-") if main in _MANY else main
    return ""


def _window(root: Element) -> str:
    window = root.find(".//title")
    return "" if window is None else _line(window.text_content())


def _date(root: Element) -> dt.date | None:
    for name in _DATES:
        if day := day_in(_meta(root, name)):
            return day
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json" and (day := _structured(script.text or "")):
            return day
    times = [each.get("datetime", "") or each.text_content() for each in root.iter("time")]
    return next((day for text in times if (day := day_in(text))), None)


def _structured(text: str) -> dt.date | None:
    """`datePublished` of schema.org, wherever it stands."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict) and isinstance(each.get("datePublished"), str):
            return day_in(each["datePublished"])
    return None


def _meta(root: Element, name: str) -> str:
    for element in root.iter("meta"):
        if name in (element.get("property"), element.get("name"), element.get("itemprop")):
            return _line(element.get("content") or "")
    return ""


def _line(text: str) -> str:
    return " ".join(text.split())
