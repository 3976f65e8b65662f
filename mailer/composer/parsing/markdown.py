"""Markdown → tokens: CommonMark with tables, strikethrough and footnotes, by markdown-it-py.

Setext headings are off, so a rule right under a paragraph stays a rule. HTML is on only so that it
is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import mdurl
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick, html_inline, image, link
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_inline

from mailer.composer.parsing import markers
from mailer.composer.parsing.mathematics import mathematics
from mailer.composer.parsing.slots import MARK

_InlineRule = Callable[[StateInline, bool], bool]
BREAKS = "breaks"  # in a token's meta: how many line ends of the paragraph lie before its end
BRACES = "braces"  # in a picture's meta: what stands in braces behind it
_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
_NESTING = 40  # levels; markdown-it leaves out what is deeper
_INTERRUPTED = ["paragraph", "reference", "blockquote", "list"]  # what a marker ends
_CONTAINERS = frozenset({"blockquote_open", "list_item_open", "footnote_reference_open"})


@dataclass(slots=True)
class Node:
    """A block token with the blocks inside it."""

    token: Token
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks of a text. `definitions` are the bodies of footnotes in the order of the file,
    `notes` the tokens of those written in place (`^[…]`) by their id."""

    blocks: list[Node]
    definitions: list[Node]
    notes: dict[int, list[Token]]
    cut: int | None  # the line of what is nested too deep and so was left out


def read(text: str) -> Document:
    """The document of a text whose slots are hidden."""
    env: dict[str, Any] = {}
    tokens = _parser().parse(text, env)
    listed = env.get("footnotes", {}).get("list", {})
    notes = {number: note["tokens"] for number, note in listed.items() if "tokens" in note}
    definitions: list[Node] = []
    blocks = _nested(tokens, definitions)
    return Document(blocks, definitions, notes, _cut(tokens))


def _cut(tokens: list[Token]) -> int | None:
    for token in tokens:
        if token.type in _CONTAINERS and token.level >= _NESTING - 1 and token.map:
            return token.map[0]
    return None


def _nested(tokens: list[Token], definitions: list[Node]) -> list[Node]:
    """Blocks inside blocks; definitions of footnotes are taken out, wherever they stand."""
    top: list[Node] = []
    stack = [top]
    for token in tokens:
        if token.nesting < 0:
            stack.pop()
            continue
        node = Node(token)
        is_definition = token.type == "footnote_reference_open"
        (definitions if is_definition else stack[-1]).append(node)
        if token.nesting > 0:
            stack.append(node.children)
    return top


def address(written: str) -> str:
    """An address as Markdown keeps it: percent-encoded (RFC 3986 §2.1), its slots still hidden."""
    return _parser().normalizeLink(written)


class _Parser(MarkdownIt):
    """Lets every target through, so that a bad one can be named instead of staying text."""

    def validateLink(self, url: str) -> bool:
        return True

    def normalizeLink(self, url: str) -> str:
        """Percent-encode a target (RFC 3986 §2.1) around the marks of its slots."""
        first, *rest = MARK.split(url)[::2]
        marks = [match[0] for match in MARK.finditer(url)]
        parts = [super().normalizeLink(first)]
        for mark, part in zip(marks, rest, strict=True):
            parts += (mark, mdurl.encode(part))
        return "".join(parts)

    def normalizeLinkText(self, link: str) -> str:
        return link


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"maxNesting": _NESTING})
    parser.enable(["table", "strikethrough"]).disable(["lheading", "text_join"])
    parser.use(footnote_plugin, move_to_end=False, always_match_refs=True)
    counted = {
        "backticks": backtick,
        "link": link,
        "image": _braced(image),
        "html_inline": html_inline,
        "footnote_inline": footnote_inline,
    }
    for name, rule in counted.items():
        parser.inline.ruler.at(name, _counting(rule))
    parser.block.ruler.before("fence", markers.TYPE, markers.marker, {"alt": _INTERRUPTED})
    parser.inline.ruler.after("backticks", "mathematics", _counting(mathematics))
    return parser


def _braced(rule: _InlineRule) -> _InlineRule:
    """`rule`, whose token keeps what stands in braces right behind it."""

    def braced(state: StateInline, silent: bool) -> bool:
        found = rule(state, silent)
        match = _IN_BRACES.match(state.src, state.pos) if found else None
        if match:
            state.pos = match.end()
            if not silent:
                state.tokens[-1].meta[BRACES] = match[1]
        return found

    return braced


def _counting(rule: _InlineRule) -> _InlineRule:
    """`rule`, whose last token says how many line ends lie before it: some swallow line ends."""

    def counted(state: StateInline, silent: bool) -> bool:
        before = len(state.tokens)
        found = rule(state, silent)
        if len(state.tokens) > before:
            state.tokens[-1].meta[BREAKS] = state.src.count("\n", 0, state.pos)
        return found

    return counted
