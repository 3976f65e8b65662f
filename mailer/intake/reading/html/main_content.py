"""Which element of a page holds what it is about, as trafilatura sees it.

The extractor is asked for text alone: it drops pictures, link lines and headings as it likes. So
what counts is the smallest element around nearly all of the text that it kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types

from mailer.intake.reading.html.document import Element

_SHARE = 0.93  # of the extracted text, which must lie in the element
_ENOUGH = 200  # characters; less is no main content, but a failure
_BLOCKS = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "pre", "blockquote", "dd", "dt")
)
_NOT_ALONE = ("p", "li", "ul", "ol", "td", "tr", "tbody", "h1", "h2", "h3", "pre", "blockquote")


def main_content(root: Element) -> Element:
    """The element; the body where nothing better is found."""
    body = root.find("body") if root.tag == "html" else root
    if body is None:
        return root
    marked = root.findall(".//main")
    if len(marked) == 1:  # it says so itself
        body = marked[0]
    text = _extracted(root)
    if len(text) < _ENOUGH:
        return body
    weights = {element: len(own) for element, own in _own_texts(body) if own in text}
    total = sum(weights.values())
    if total < _ENOUGH:
        return body
    return _smallest(body, weights, _SHARE * total)


def _extracted(root: Element) -> str:
    from trafilatura import extract

    html = lxml_html.tostring(root, encoding="unicode")
    found = extract(html, include_comments=False, include_tables=True, favor_recall=True)
    return _squeezed(found or "")


def _own_texts(body: Element) -> Iterator[tuple[Element, str]]:
    for element in body.iter():
        if element.tag in _BLOCKS and not any(e.tag in _BLOCKS for e in element.iterdescendants()):
            own = _squeezed(element.text_content())
            if own:
                yield element, own


def _smallest(body: Element, weights: dict[Element, int], least: float) -> Element:
    """Down from the body, as long as one child alone has enough."""
    sums: dict[Element, int] = {}
    for element, weight in weights.items():
        for around in (element, *element.iterancestors()):
            sums[around] = sums.get(around, 0) + weight
    found = body
    while inside := [child for child in found if sums.get(child, 0) >= least]:
        if inside[0].tag in _NOT_ALONE:
            break
        found = inside[0]
    return found


def _squeezed(text: str) -> str:
    """Only letters and digits, since the extractor has blanks and marks of its own."""
    return "".join(sign for sign in text if sign.isalnum())
