"""Items of the inbox → the Markdown of an issue's items. Values in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailer.composer.parsing.linkline import lead_word
from mailer.composer.parsing.roles import label_of
from mailer.intake.inbox.item import InboxItem
from mailer.model.issue import Role

_MEANT_AS_MARKDOWN = re.compile(r"([\\`*_\[\]<>$~|])")
_BRACE = re.compile(r"\{(?=[{%])")
_UNFIT = {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "{": "%7B"}
_PLACEHOLDER = "TODO: what it is and why a reader should care."


@dataclass(frozen=True, slots=True)
class House:
    """How the publication writes: its language, its word before a link line, the order of its
    sections."""

    lang: str
    lead_words: tuple[str, ...]
    sections: tuple[str, ...]


def laid_out(items: Sequence[InboxItem], pictures: Mapping[str, str], house: House) -> str:
    """Those without a section first, then section by section, each in the order given. `pictures`
    are paths, by the address that an item has."""
    alone = [_item(item, "##", pictures, house) for item in items if not item.section]
    grouped = [
        "\n\n".join(
            (f"## {_text(name)}", *(_item(each, "###", pictures, house) for each in inside))
        )
        for name, inside in _by_section(items, house.sections)
    ]
    return "\n\n".join((*alone, *grouped))


def _by_section(
    items: Iterable[InboxItem], order: tuple[str, ...]
) -> list[tuple[str, list[InboxItem]]]:
    """In the house's order, others behind as they come; letter case does not make two of one."""
    found: dict[str, tuple[str, list[InboxItem]]] = {name.casefold(): (name, []) for name in order}
    for item in items:
        if item.section:
            found.setdefault(item.section.casefold(), (item.section, []))[1].append(item)
    return [(name, inside) for name, inside in found.values() if inside]


def _item(item: InboxItem, mark: str, pictures: Mapping[str, str], house: House) -> str:
    parts = [f"{mark} {_text(item.title)}\n{_link_line(item, house)}"]
    if item.description:
        parts.append(f"<!-- From the page: {_in_comment(item.description)} -->")
    if item.picture in pictures:
        parts.append(f"![]({pictures[item.picture]})")
    return "\n\n".join((*parts, item.note or _PLACEHOLDER))


def _link_line(item: InboxItem, house: House) -> str:
    links = item.links or {Role.PROJECT: item.url}
    parts = (
        f"[{label_of(role, house.lang)}]({_address(links[role])})" for role in Role if role in links
    )
    return f"{lead_word(house.lang, house.lead_words)}: {' / '.join(parts)}"


def _text(line: str) -> str:
    """A line of anybody's words as Markdown that says just them; `#` at its end is no mark."""
    marked = _MEANT_AS_MARKDOWN.sub(r"\\\1", " ".join(line.split()))
    return re.sub(r"(#+)$", r"\\\1", _BRACE.sub("&#123;", marked))


def _in_comment(line: str) -> str:
    """Without what would end the comment."""
    return _BRACE.sub("{ ", re.sub(r"-{2,}", "–", line)).replace(">", "›")


def _address(url: str) -> str:
    return "".join(_UNFIT.get(character, character) for character in "".join(url.split()))
