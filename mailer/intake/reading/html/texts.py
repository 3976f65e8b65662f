"""What is read of an element without any of its structure: a text for each run between blocks."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailer.intake.reading.html.document import Element
from mailer.intake.reading.text.lines import lines_of

_INLINE_TAGS = """
    a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strike
    strong sub sup time tt u var wbr
"""
_INLINE = frozenset(_INLINE_TAGS.split())
_MUTE = frozenset(("script", "style", "template", "head", "noscript"))


def texts(element: Element) -> Iterator[str]:
    """In the order of the page; none is empty."""
    run: list[str] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(each.tag, str):
            continue
        if each.tag not in _INLINE:
            yield from _joined(run)
            run = []
        if event == "start" and each.tag not in _MUTE:
            run.append(each.text or "")
        elif event == "end" and each is not element:
            run.append(each.tail or "")
    yield from _joined(run)


def _joined(run: list[str]) -> Iterator[str]:
    text = " ".join(" ".join(lines_of(" ".join(run))).split())
    if text:
        yield text
