"""Bytes of HTML → a tree, in whatever charset they are."""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from lxml import html as lxml_html

from mailer.errors import SourceError

Element = Any  # of lxml, which ships no types
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD = 4_096  # octets in which a charset is declared
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LIKELY = ("cp1251", "cp1252")  # where nothing is declared
_DEEPEST = 250  # elements inside each other; a page has some thirty


def decoded(content: bytes, declared: str = "") -> str:
    """Text in UTF-8, however it is declared, where it is UTF-8; else in the declared charset."""
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(charset, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_charset(content, declared), "replace")


def _charset(content: bytes, declared: str) -> str:
    found = _DECLARED.search(content[:_HEAD])
    for name in (declared, found[1].decode("ascii") if found else ""):
        if name and _is_known(name) and codecs.lookup(name).name != "utf-8":
            return name
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    return best.encoding if best else _LIKELY[-1]


def _is_known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def tree(text: str) -> Element:
    """Raises SourceError for what is no HTML, or is nested deeper than any page."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True)
    payload = text.replace("\0", "").encode("utf-8", "replace")
    try:
        root = lxml_html.document_fromstring(payload, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise SourceError("holds no text") from error
    if _depth(root) > _DEEPEST:
        raise SourceError(f"is nested over {_DEEPEST} elements deep: copy its text instead")
    return root


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
