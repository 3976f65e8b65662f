"""Our own pages, mails and feeds: what our themes made of an issue is turned back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types

from mailer.intake.reading.html.document import Element

LEVEL = "data-level"  # which one of an issue file a heading has; 4 inside an item
SIGN_OFF = "data-sign-off"  # of a rule
_KINDS = ("note", "tip", "important", "warning", "caution")
_WATCH = re.compile(r"^▶\ufe0e?\s*[^:：]{1,40}[:：]\s*")
_HOST = re.compile(r"\s*\([\w.-]+\)$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The element that holds an issue, the anchors of its headings, and the lines around it: what
    stands at its title, and below it."""

    element: Element
    anchors: frozenset[str]
    head: tuple[str, ...]
    foot: tuple[str, ...]


def sheet_of(root: Element) -> Sheet | None:
    """Where a theme of ours made the document, which is changed so that it reads as the issue; else
    None."""
    element = _sheet(root)
    title = None if element is None else element.find(".//h1")
    if element is None or title is None:
        return None
    foot = _below(element)
    head = tuple(_taken(paragraph) for paragraph in list(_at_title(element, title)))
    _restore(element)
    anchors = frozenset(h.get("id") for h in element.iter("h2", "h3") if h.get("id"))
    return Sheet(element, anchors, tuple(filter(None, head)), tuple(filter(None, foot)))


def _sheet(root: Element) -> Element | None:
    """In a feed there is nothing but what it holds."""
    for sheet in root.find_class("sheet"):
        around = sheet.getparent()
        if around is not None and "canvas" in around.get("class", "").split():
            return sheet
    named = [*root.find_class("mast"), *root.find_class("tag")]
    is_feed = bool(named) and bool(root.find_class("w")) and root.find(".//h2[@id]") is not None
    return root.find("body") if is_feed else None


def _below(sheet: Element) -> list[str]:
    beside = sheet.itersiblings() if sheet.tag != "body" else ()
    return [_taken(element) for element in list(beside) if isinstance(element.tag, str)]


def _at_title(sheet: Element, title: Element) -> Iterator[Element]:
    """Name and tagline above it, number and day right below."""
    for element in sheet.iter("p", "h1"):
        if element is title:
            break
        yield element
    below = title.getnext()
    if below is not None and below.tag == "p":
        yield below


def _taken(element: Element) -> str:
    text = _line(element.text_content())
    element.drop_tree()
    return text


def _restore(sheet: Element) -> None:
    for heading in sheet.iter("h2", "h3", "h4"):
        heading.set(LEVEL, heading.tag[1] if heading.get("id") else "4")
    for box in sheet.find_class("box"):
        _restore_video(box)
    for still in [p for p in sheet.iter("p") if _is_still_line(p)]:
        still.drop_tree()
    for caption in sheet.find_class("aside"):
        _restore_caption(caption)
    for off in sheet.find_class("off"):
        for bar in off.findall("hr[@class='bar']"):
            bar.drop_tree()
        rule = lxml_html.fragment_fromstring(f'<hr {SIGN_OFF}="">')
        off.insert(0, rule)
        rule.tail, off.text = off.text, None


def _restore_video(box: Element) -> None:
    """`▶ Watch: title (host)` → its title."""
    link = box.find("a") if box.tag == "p" else None
    if link is None or not (link.text or "").startswith("▶"):
        return
    link.text = _WATCH.sub("", link.text or "")
    last = list(link)[-1] if len(link) else None
    if last is None:
        link.text = _HOST.sub("", link.text)
    else:
        last.tail = _HOST.sub("", last.tail or "")


def _is_still_line(paragraph: Element) -> bool:
    """The line below a film's still, which says again where it leads."""
    link = paragraph.find("a")
    above = paragraph.getprevious()
    starts = link is not None and (link.text or "").startswith("▶")
    return starts and above is not None and above.find(".//img") is not None


def _restore_caption(caption: Element) -> None:
    above = caption.getprevious()
    pictures = list(above.iter("img")) if above is not None and above.tag == "p" else []
    if caption.tag != "p" or len(pictures) != 1 or _line(above.text_content()):
        return
    pictures[0].set("data-caption", _line(caption.text_content()))
    caption.drop_tree()


def callout_of(element: Element) -> str:
    """Its kind, where an element is a callout of ours."""
    kinds = [k for k in element.get("class", "").split() if k in _KINDS]
    return kinds[0] if element.tag == "div" and kinds and "box" in element.get("class", "") else ""


def callout_title(element: Element) -> Element | None:
    """The words behind its kind; the paragraph that holds both is removed. None without a title."""
    first = element.find("p/b")
    if first is None:
        return None
    first.getparent().drop_tree()
    _, mark, rest = (first.text or "").partition(":")
    first.text, first.tail = rest.lstrip(), None
    return first if mark else None


def _line(text: str) -> str:
    return " ".join(text.split())
