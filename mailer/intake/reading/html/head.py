"""What a page says of itself: title, day, number, language."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from mailer.intake.reading.dates import day_in, number_in
from mailer.intake.reading.html.document import Element
from mailer.intake.reading.structure.opening import Known

_DATES = (
    "article:published_time",
    "og:published_time",
    "date",
    "dc.date",
    "dcterms.created",
    "pubdate",
)
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")


def known_of(root: Element) -> Known:
    title = _title(root)
    return Known(title, _date(root), number_in(title))


def language(root: Element) -> str:
    """As the page declares it, such as `en` or `pt-BR`; empty where it declares none."""
    for element in (root, root.find("body"), root.find(".//article")):
        declared = element.get("lang", "") if element is not None else ""
        main, *rest = declared.replace("_", "-").split("-") if declared else [""]
        whole = "-".join((main.lower(), *rest))
        if _LANG.fullmatch(whole):
            return main.lower() if main.lower() == "en" else whole
    return ""


def _title(root: Element) -> str:
    """Its only heading of the first level, else what it tells other sites, else the window's."""
    headings = [_line(h.text_content()) for h in root.iter("h1")]
    told = [text for text in headings if text]
    if len(told) == 1:
        return told[0]
    shared = _meta(root, "og:title") or _meta(root, "twitter:title")
    if shared:
        return shared
    window = root.find(".//title")
    return _line(window.text_content()) if window is not None and len(told) != 1 else ""


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
