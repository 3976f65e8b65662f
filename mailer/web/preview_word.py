"""What Word makes of a message: Outlook for Windows draws with it. An approximation, on the strict
side. PURE.

Facts after Microsoft's list of what Word 2007 and later support in HTML and CSS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_DOWNLEVEL = re.compile(r"<!--\[if ([^\]]+)\]>(?!<!)(.*?)<!\[endif\]-->", re.DOTALL)
_REVEALED = re.compile(r"<!--\[if ([^\]]+)\]><!-->?(.*?)<!--<!\[endif\]-->", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SEMICOLON = re.compile(r";(?![^(]*\))")  # not one inside url(data:…;…)
_UNKNOWN_SELECTOR = re.compile(r"[\[>+~:]")
_UNKNOWN = frozenset(
    {
        *("animation", "background-image", "background-position", "background-repeat"),
        *("background-size", "border-radius", "box-shadow", "box-sizing", "clip-path", "columns"),
        *("column-count", "column-gap", "column-span", "break-inside", "filter", "flex", "float"),
        *("gap", "grid", "max-height", "max-width", "min-height", "min-width", "object-fit"),
        *("opacity", "outline", "overflow", "overflow-x", "overflow-y", "position", "text-shadow"),
        *("text-wrap", "transform", "transition", "word-break", "overflow-wrap", "z-index"),
    }
)
_UNKNOWN_VALUES = re.compile(
    r"url\(|gradient\(|var\(|calc\(|rgba\(|hsla?\(|\b(?:inline-)?(?:flex|grid)\b|inline-block"
)
_BOXES = frozenset({"div", "p", "a", "span", "ul", "ol", "li", "h1", "h2", "h3", "h4", "body"})
# Word's own first words: its letters where the message names none, and no room for a box.
_GROUND = "body{font-family:'Times New Roman',serif;margin:8px}"


def conditions_met(html: str) -> str:
    """With what is said to Outlook alone, without what is hidden from it."""
    revealed = _REVEALED.sub(lambda found: found[2] if _holds(found[1]) else "", html)
    return _DOWNLEVEL.sub(lambda found: found[2] if _holds(found[1]) else "", revealed)


def _holds(condition: str) -> bool:
    words = condition.replace("(", "").replace(")", "").strip()
    return "mso" in words and not words.startswith("!")


def simplify(document: Any) -> None:
    """Drop from the document, in place, what Word does not know."""
    for style in document.iter("style"):
        style.text = "".join(_rules(style.text or ""))
    for element in document.iter():
        if isinstance(element.tag, str):
            _simplify(element)
    ground = document.makeelement("style")
    ground.text = _GROUND
    document.find("head").insert(0, ground)


def _simplify(element: Any) -> None:
    kept = _known(element.get("style", ""), element.tag in _BOXES)
    if kept:
        element.set("style", kept)
    else:
        element.attrib.pop("style", None)
    if element.tag == "img" and element.get("width"):  # the attribute decides, whatever CSS says
        height = f";height:{element.get('height')}px" if element.get("height") else ""
        element.set("style", f"{kept};width:{element.get('width')}px{height}".strip(";"))


def _rules(css: str) -> Iterator[str]:
    for selectors, declarations in _RULE.findall(_AT_RULE.sub("", css)):
        known = [each for each in selectors.split(",") if not _UNKNOWN_SELECTOR.search(each)]
        kept = _known(declarations, _is_box(known))
        if known and kept:
            yield f"{','.join(known)}{{{kept}}}"


def _is_box(selectors: list[str]) -> bool:
    """Whether a rule may speak of something else than a cell of a table."""
    return not all(re.search(r"(?:^|\s)(?:td|th|table)\b[^ ]*$", each) for each in selectors)


def _known(declarations: str, box: bool) -> str:
    kept = [each.strip() for each in _SEMICOLON.split(declarations) if _is_known(each, box)]
    return ";".join(kept).replace("mso-hide:all", "display:none")


def _is_known(declaration: str, box: bool) -> bool:
    name, colon, value = (part.strip().lower() for part in declaration.partition(":"))
    if not colon or name in _UNKNOWN or _UNKNOWN_VALUES.search(value):
        return False
    # A box has neither room inside nor a size of its own: only a cell has.
    return not (box and (name.startswith("padding") or name in ("width", "height")))
