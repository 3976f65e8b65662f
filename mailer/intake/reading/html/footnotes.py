"""Footnotes of a page: marks in the text that lead to an element further down."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.intake.reading.html.document import Element

_BEGINNINGS = ("a", "sup", "span", "b")
_TEXTS = ("li", "div", "p", "aside", "dd", "section")


def footnotes(root: Element) -> dict[str, Element]:
    """The element of each, by its id, in the order of their marks; they are taken out."""
    ids = {element.get("id"): _whole(element) for element in root.iter() if element.get("id")}
    found: dict[str, Element] = {}
    for mark in _marks(root):
        if any(around in found.values() for around in mark.iterancestors()):
            continue  # it leads back
        name = (mark.get("href") or "").rpartition("#")[2]
        element = ids.get(name)
        if element is not None and name not in found and element not in mark.iterancestors():
            found[name] = element
    for element in found.values():
        _take_out(element)
    return found


def _whole(element: Element) -> Element | None:
    """The block that a number or anchor begins; None for a place in the text."""
    while element is not None and element.tag not in _TEXTS:
        element = element.getparent() if element.tag in _BEGINNINGS else None
    return element


def _marks(root: Element) -> Iterator[Element]:
    """Links that are raised, or say that they are one."""
    for link in root.iter("a"):
        around = link.getparent()
        inside = link.find("sup")
        is_raised = (around is not None and around.tag == "sup") or inside is not None
        named = "footnote" in (link.get("class", "") + link.get("role", "") + link.get("rel", ""))
        if "#" in (link.get("href") or "") and (is_raised or named):
            yield link


def _take_out(element: Element) -> None:
    """Without the link that leads back, and its number, which the issue gives anew."""
    for link in list(element.iter("a")):
        text = link.text_content().strip().rstrip(".)")
        leads_back = "#" in (link.get("href") or "") and (text.isdecimal() or not text.isalnum())
        if leads_back and len(text) <= 4:
            link.drop_tree()
    parent = element.getparent()
    element.drop_tree() if parent is None else parent.remove(element)
