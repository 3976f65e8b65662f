"""Searching the archive: issues that have every word, in the order in which they came out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from mailer.ledger import archive, editions
from mailer.ledger.archive import ArchivedIssue
from mailer.model.edition import Edition
from mailer.web.listing import Entry, entry_of
from mailer.web.site import Site

MOST_WORDS, MOST_CHARACTERS = 10, 100
_SNIPPET = 160  # characters
_INLINE = frozenset(("a", "abbr", "b", "br", "code", "em", "i", "img", "s", "span", "strong"))
_INLINE |= frozenset(("samp", "kbd", "var", "sub", "sup", "u", "wbr"))


@dataclass(frozen=True, slots=True)
class Text:
    """What an edition says, paragraph by paragraph; `folded` is what is compared."""

    paragraphs: Sequence[str]
    folded: str


@dataclass(frozen=True)
class Search:
    """The texts are read once each; there are some hundreds of them at most."""

    site: Site
    _texts: dict[int, Text] = field(default_factory=dict)

    def entries(self, sought: str) -> list[Entry]:
        """The issues that have all words of `sought` in one of their languages."""
        words = [fold(word) for word in sought.split()[:MOST_WORDS]]
        with self.site.database.read() as c:
            listed = archive.listed(c)
            for issue in (each for languages in listed for each in languages):
                if issue.edition_id not in self._texts:
                    self._texts[issue.edition_id] = text_of(editions.load(c, issue.edition_id))
        found = ((languages, self._hit(languages, words)) for languages in listed)
        return [
            replace(entry_of(self.site, languages), snippet=snippet(hit, words))
            for languages, hit in found
            if hit is not None
        ]

    def _hit(self, languages: Sequence[ArchivedIssue], words: Sequence[str]) -> Text | None:
        texts = (self._texts[each.edition_id] for each in languages)
        return next((text for text in texts if all(w in text.folded for w in words)), None)


def text_of(edition: Edition) -> Text:
    """What its page says: a mail may say more, to some."""
    reader = _PageReader()
    reader.feed(edition.page)
    paragraphs = [" ".join(each.split()) for each in "".join(reader.found).split("\n\n")]
    paragraphs = [each for each in paragraphs if each]
    return Text(paragraphs, fold("\n".join((edition.title, *paragraphs))))


class _PageReader(HTMLParser):
    """The text of a page's body, with an empty line between its blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = self._within or tag == "body"
        if tag not in _INLINE:
            self.found.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.found.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._within:
            self.found.append(data.replace("\n", " "))


def fold(text: str) -> str:
    """Without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def snippet(text: Text, words: Iterable[str]) -> str:
    """Where the first of the words stands, cut to a line or two."""
    for word in words:
        for paragraph in text.paragraphs:
            at = fold(paragraph).find(word)
            if at >= 0:
                return _around(paragraph, at)
    return ""


def _around(paragraph: str, at: int) -> str:
    """What stands before and behind this place, without half words where blanks part them."""
    head, tail = paragraph[:at], paragraph[at:]
    if len(head) > _SNIPPET // 2:
        near = head[-_SNIPPET // 2 :]
        head = f"…{near.partition(' ')[2] or near}"
    if len(tail) > _SNIPPET // 2:
        near = tail[: _SNIPPET // 2]
        tail = f"{near.rpartition(' ')[0] or near}…"
    return head + tail
