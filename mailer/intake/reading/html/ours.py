"""Our own pages, mails and feeds: what our themes made of an issue is turned back."""

from __future__ import annotations

import re

from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types

from mailer.intake.reading.html.document import Element

LEVEL = "data-level"  # which one of an issue file a heading has; 4 inside an item
SIGN_OFF = "data-sign-off"  # of a rule
_WATCH = re.compile(r"^▶\ufe0e?\s*[^:：]{1,40}[:：]\s*")
_HOST = re.compile(r"\s*\([\w.-]+\)$")


def is_ours(root: Element) -> bool:
    """Whether a theme of ours made it."""
    return _mast(root) is not None and bool(root.find_class("w"))


def restored(root: Element) -> tuple[str, ...]:
    """Change a document of ours so that it reads as the issue; what stands above its title and
    below it is returned."""
    mast = _mast(root)
    notes = [_line(p.text_content()) for p in mast.iterchildren("p")] if mast is not None else []
    for element in [] if mast is None else list(mast.iterchildren("p")):
        element.drop_tree()
    for heading in root.iter("h2", "h3", "h4"):
        heading.set(LEVEL, heading.tag[1] if heading.get("id") else "4")
    for box in root.find_class("box"):
        _restore_video(box)
    for still in [p for p in root.iter("p") if _is_still_line(p)]:
        still.drop_tree()
    for caption in root.find_class("aside"):
        _restore_caption(caption)
    for off in root.find_class("off"):
        rule = lxml_html.fragment_fromstring(f'<hr {SIGN_OFF}="">')
        off.insert(0, rule)
        rule.tail, off.text = off.text, None
    return tuple(note for note in notes if note)


def _mast(root: Element) -> Element | None:
    found = [mast for mast in root.find_class("mast") if mast.find(".//h1") is not None]
    return found[0] if found else None


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


_KINDS = ("note", "tip", "important", "warning", "caution")


def callout_title(element: Element) -> Element | None:
    """The words behind its kind; the paragraph that holds both is removed. None without a title."""
    first = element.find("p/b")
    if first is None:
        return None
    paragraph = first.getparent()
    paragraph.drop_tree()
    kind, mark, rest = (first.text or "").partition(":")
    if not mark:
        return None
    first.text = rest.lstrip()
    first.tail = None
    return first


def _line(text: str) -> str:
    return " ".join(text.split())
