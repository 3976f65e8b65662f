"""What differs between two editions of an issue, as an editor looks at them. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.html.document import parsed
from mailer.model.audience import is_fence, segment_of
from mailer.model.edition import Edition
from mailer.model.slot import Slot, SlotKind, Slotted

_FIELDS = ("subject", "title", "date", "number", "sender", "reply_to", "lang", "theme")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARTS = {"off": "the sign-off", "foot": "the imprint"}  # by the class of the web page's element
_BOXES = frozenset({"body", "div", "main", "footer"})
_INTRO = "the intro"
_TOKEN = re.compile(r"<style[^>]*>|<[^>]*>|[^<]+")


class Kind(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FieldChange:
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PartChange:
    """An item, a section's head, the intro, the sign-off or the imprint, by its title."""

    kind: Kind
    title: str


@dataclass(frozen=True, slots=True)
class PictureChange:
    """`alt` is what the picture shows, in the words of the issue."""

    kind: Kind
    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`text` and `html` are the lines of a unified diff, the second of a form with one tag or text
    a line; `page` says that the web page differs too."""

    fields: tuple[FieldChange, ...]
    parts: tuple[PartChange, ...]
    pictures: tuple[PictureChange, ...]
    text: tuple[str, ...]
    html: tuple[str, ...]
    page: bool

    def summary(self) -> str:
        """In half a line: `subject; changed “CLIP”, “the intro”; pictures`."""
        said = [", ".join(change.name for change in self.fields)]
        for kind in Kind:
            titles = ", ".join(f"“{part.title}”" for part in self.parts if part.kind is kind)
            said.append(f"{kind} {titles}" if titles else "")
        said.append("pictures" if self.pictures else "")
        named = "; ".join(part for part in said if part)
        return named or ("the look" if self.html else "the web page")


def compare(old: Edition, new: Edition) -> Difference:
    return Difference(
        tuple(_fields(old, new)),
        tuple(_parts(old.page, new.page)),
        tuple(_pictures(old, new)),
        _diff(_shown(old.text).splitlines(), _shown(new.text).splitlines()),
        _diff(list(_normal(_shown(old.html))), list(_normal(_shown(new.html)))),
        old.page != new.page,
    )


def _fields(old: Edition, new: Edition) -> Iterator[FieldChange]:
    for name in _FIELDS:
        before, after = (_field(edition, name) for edition in (old, new))
        if before != after:
            yield FieldChange(name, before, after)


def _field(edition: Edition, name: str) -> str:
    value = getattr(edition, name)
    if isinstance(value, tuple):
        return _shown(value)
    return "" if value is None else str(value)


def _shown(text: Slotted) -> str:
    """With its slots as an editor writes them."""
    return "".join(part if isinstance(part, str) else _slot(part) for part in text)


def _slot(slot: Slot) -> str:
    if is_fence(slot):
        return f"::: audience {segment_of(slot)}\n" if slot.kind is SlotKind.OPENING else ":::\n"
    default = "" if slot.default is None else f' | default("{slot.default}")'
    return f"{{{{ {slot.name}{default} }}}}"


def _diff(old: list[str], new: list[str]) -> tuple[str, ...]:
    return tuple(unified_diff(old, new, "before", "now", n=2, lineterm=""))


def _normal(html: str) -> Iterator[str]:
    """One tag, one text or one rule of a sheet a line, without the space between."""
    in_sheet = False
    for token in _TOKEN.findall(html):
        rules = token.replace("}", "}\n").splitlines() if in_sheet else [token]
        yield from filter(None, (" ".join(rule.split()) for rule in rules))
        in_sheet = token.startswith("<style")


def _parts(old: str, new: str) -> Iterator[PartChange]:
    """By the web page, which has every part of the issue once."""
    before, after = _segments(old), _segments(new)
    kept = [key for key in after if key in before]
    in_place = _in_place([key for key in before if key in after], kept)
    for key, (title, content) in after.items():
        if key not in before:
            yield PartChange(Kind.ADDED, title)
        elif content != before[key][1]:
            yield PartChange(Kind.CHANGED, title)
        elif key not in in_place:
            yield PartChange(Kind.MOVED, title)
    for key, (title, _) in before.items():
        if key not in after:
            yield PartChange(Kind.REMOVED, title)


def _in_place(old: list[str], new: list[str]) -> set[str]:
    """Those which follow one another as they did."""
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    return {key for block in blocks for key in new[block.b : block.b + block.size]}


def _segments(page: str) -> dict[str, tuple[str, str]]:
    """Title and content of each part of the page, by its anchor, in order."""
    found = {"": (_INTRO, [""])}
    here = ""
    for element, token in _tokens(parsed(page).find("body")):
        start = _start(element) if element is not None else None
        if start is not None and start[0] not in found:
            here = start[0]
            found[here] = (start[1], [])
        found[here][1].append(token)
    return {key: (title, " ".join("".join(said).split())) for key, (title, said) in found.items()}


def _start(element: Any) -> tuple[str, str] | None:
    """Key and title of the part that begins with this element."""
    if element.tag in _HEADINGS and element.get("id"):
        return element.get("id"), " ".join(element.text_content().split())
    for name in element.get("class", "").split():
        if name in _PARTS:
            return f".{name}", _PARTS[name]
    return None


def _tokens(element: Any) -> Iterator[tuple[Any, str]]:
    """Every element with its tag, and the texts between, in the order of the document; without
    the table of contents, which says nothing of its own."""
    walk = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, found in walk:
        if event != "start":
            yield None, found.tail or ""
        elif found.get("role") == "navigation":
            walk.skip_subtree()
        else:
            yield found, _tag(found)
            yield None, found.text or ""


def _tag(element: Any) -> str:
    """What it says by itself; boxes, looks and a theme's own rules, which have a class, follow from
    what stands around."""
    if element.tag in _BOXES or (element.tag == "hr" and element.get("class")):
        return ""
    said = sorted((k, v) for k, v in element.items() if k not in ("class", "style"))
    return f"<{element.tag} {said}>"


def _pictures(old: Edition, new: Edition) -> Iterator[PictureChange]:
    for kind, here, there in ((Kind.ADDED, new, old), (Kind.REMOVED, old, new)):
        alts = _alts(here.page)
        for name in here.pictures:
            if name not in there.pictures:
                yield PictureChange(kind, name, alts.get(name, ""))


def _alts(page: str) -> dict[str, str]:
    images = parsed(page).iter("img")
    return {image.get("src", "").rpartition("/")[2]: image.get("alt", "") for image in images}
