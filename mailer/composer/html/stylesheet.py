"""A theme's two style sheets: `style.css`, inlined into the elements, and `kept.css`, which stays.

Colours, fonts and widths stand in both as `var(--name)`. A web page keeps the variables; in a
message they are replaced by their light values, and every rule that names a colour gets a dark
copy, so that no theme can forget one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from mailer.errors import MailerError

OUTLOOK = "[data-ogsc]"  # an ancestor that Outlook.com puts around a message in dark mode
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"var\(--([a-z0-9_-]+)\)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_BLOCK = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SIDE = re.compile(r"(?<![\w.-])(?:left|right)(?=[;}!])|(?<=-)(?:left|right)(?=[:-])")
_ONE = r"[^\s;}!]+"
_FOUR_SIDES = re.compile(rf"\b(margin|padding|border-width):({_ONE}) ({_ONE}) ({_ONE}) ({_ONE})")
_COMPOUND = r"(?:[a-z][a-z0-9]*(?:\.[a-zA-Z][\w-]*)*|(?:\.[a-zA-Z][\w-]*)+)"
_NAME = re.compile(r"\.?[a-zA-Z][\w-]*")
_EMPTY_BLOCK = re.compile(r"@[^{}]*\{\}")
_PLAIN_SELECTOR = re.compile(rf"{_COMPOUND}(?: {_COMPOUND})*")


def minified(css: str) -> str:
    """The same rules without comments (Yahoo drops the rule after one) and needless spaces."""
    css = re.sub(r"\s+", " ", _COMMENT.sub("", css)).strip()
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r": ", ":", css)
    return css.replace(" !", "!").replace(";}", "}")


def require_inlinable(css: str, file: str) -> None:
    """Raise MailerError for anything but rules with element and class selectors."""
    css = minified(css)
    if at_rule := re.search(r"@[\w-]+", css):
        raise MailerError(f"{file}: {at_rule[0]} cannot be inlined: put it into kept.css")
    for selector in _selectors(css):
        if not _PLAIN_SELECTOR.fullmatch(selector):
            raise MailerError(
                f"{file}: `{selector}` cannot be inlined: select by element and class, "
                "or put the rule into kept.css"
            )


def require_keepable(css: str, file: str) -> None:
    """Raise MailerError for what makes a mail client drop the whole sheet or fetch another."""
    css = minified(css)
    if "@import" in css.lower():
        raise MailerError(f"{file}: @import would be fetched from the network: copy its rules")
    for message, mend in hazards(css):
        raise MailerError(f"{file}: {message}: {mend}")


def hazards(css: str) -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) for what makes a client drop a rule or the whole sheet."""
    if "/*" in css:
        yield "a comment stands in it", "remove it, since Yahoo drops the rule behind it"
    if re.search(r"\s!important", css):
        yield "a space stands before !important", "remove it, since Yahoo drops such a rule"
    depth = 0
    for piece in re.finditer(r"[{}]|@[^{};]*", css):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if piece[0][0] == "@":
            yield from _query_hazards(piece[0].strip(), depth)


def _query_hazards(query: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth:
        yield f"`{query}` stands in another @-rule", "set it beside that"
    if "," in query:
        yield f"`{query}` has a comma", "write one block for each query"


def variables(css: str) -> set[str]:
    """The names of the variables that the sheet uses."""
    return set(_VARIABLE.findall(css))


def filled(css: str, values: Mapping[str, str]) -> str:
    """The sheet with those of its variables replaced that have a value."""
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), css)


def mirrored(css: str) -> str:
    """The sheet for text from right to left: the right-hand side and the left change places."""
    css = _SIDE.sub(lambda match: "left" if match[0] == "right" else "right", minified(css))
    return _FOUR_SIDES.sub(r"\1:\2 \5 \4 \3", css)


def declared(values: Mapping[str, str]) -> str:
    """The variables as a web page declares them."""
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"


def repainted(css: str, colours: Mapping[str, str], below: str = "") -> str:
    """Every rule that names a colour, with `colours` instead, strong enough to win over inline
    styles; `below` is an ancestor that each selector shall have."""
    written = []
    for selectors, declarations in rules(css):
        used = [d for d in declarations if variables(d) & colours.keys()]
        if used:
            where = ",".join(f"{below} {selector}".strip() for selector in selectors.split(","))
            what = ";".join(
                f"{filled(d, colours).removesuffix('!important')}!important" for d in used
            )
            written.append(f"{where}{{{what}}}")
    return "".join(written)


def needed(css: str, present: Container[str]) -> str:
    """The rules of a minified sheet that can hold in a document; `present` are its elements and
    its classes, as `pre` and `.box`."""

    def kept(rule: re.Match[str]) -> str:
        selectors = [s for s in rule[1].split(",") if _may_hold(s, present)]
        return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    return _EMPTY_BLOCK.sub("", _RULE.sub(kept, css))


def _may_hold(selector: str, present: Container[str]) -> bool:
    """Judged only where it is plain: a client may put in what another selector looks for."""
    plain = selector.removeprefix(f"{OUTLOOK} ")
    names = _NAME.findall(plain) if _PLAIN_SELECTOR.fullmatch(plain) else ()
    return all(name in present for name in names)


def rules(css: str) -> Iterator[tuple[str, list[str]]]:
    """(selectors, declarations) of the rules outside @-blocks."""
    for selectors, body in _RULE.findall(_AT_BLOCK.sub("", minified(css))):
        yield selectors, [declaration for declaration in body.split(";") if declaration]


def _selectors(css: str) -> Iterator[str]:
    for selectors, _ in rules(css):
        yield from selectors.split(",")
