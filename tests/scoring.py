"""How heavy a document is: octets, and how many of them are words that a reader sees."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types

# Of the reference digest: octets of the HTML · octets an item costs beyond its words · how much of
# the HTML is text
GOALS = {
    "letter": (17_000, 650, 0.42),
    "digest": (24_000, 1_000, 0.32),
    "bulletin": (24_000, 1_000, 0.32),
}
SUPPORTED = 0.985  # of the base layer, see mailer.composer.checking.support.share
_UTF_8 = lxml_html.HTMLParser(encoding="utf-8")
_HIDDEN = re.compile(r"display\s*:\s*none")


@dataclass(frozen=True, slots=True)
class Weight:
    """Octets of UTF-8: the document, and its words with one space between each two."""

    size: int
    text: int

    @property
    def share(self) -> float:
        """How much of the document is text, from 0 to 1."""
        return self.text / self.size

    @property
    def markup(self) -> int:
        return self.size - self.text


def weight(html: str) -> Weight:
    return Weight(len(html.encode()), len(visible(html).encode()))


def overhead(html: str, without_items: str, items: int) -> float:
    """Octets that an item costs beyond its own words: markup, styles, targets of links."""
    return (weight(html).markup - weight(without_items).markup) / items


def visible(html: str) -> str:
    """The words that a reader sees: nothing of the head, no preheader, no comments."""
    body = lxml_html.document_fromstring(html.encode(), parser=_UTF_8).body
    for element in list(body.iter("style", "script")):
        element.drop_tree()
    for element in body.xpath(".//*[@style]"):
        if _HIDDEN.search(element.get("style")):
            element.drop_tree()
    for line_break in body.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    return " ".join(body.text_content().split())
