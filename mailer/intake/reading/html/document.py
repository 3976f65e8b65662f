"""The text of HTML → a tree."""

from __future__ import annotations

from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from lxml import html as lxml_html

from mailer.errors import SourceError

Element = Any  # of lxml, which ships no types
_MOST = 30_000  # elements; a large page has some three thousand
_DEEPEST = 250  # elements inside each other; a page has some thirty


def tree(text: str) -> Element:
    """Raises SourceError for what is no HTML, or is larger or nested deeper than any page."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True)
    payload = text.replace("\0", "").encode("utf-8", "replace")
    try:
        root = lxml_html.document_fromstring(payload, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise SourceError("holds no text") from error
    if sum(1 for _ in root.iter()) > _MOST:
        raise SourceError(f"has over {_MOST:,} elements: copy its text instead")
    if _depth(root) > _DEEPEST:
        raise SourceError(f"is nested over {_DEEPEST} elements deep: copy its text instead")
    return root


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
