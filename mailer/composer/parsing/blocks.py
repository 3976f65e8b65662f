"""Block tokens → blocks, everywhere but for the headings that open items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from markdown_it.token import Token

from mailer.composer import highlight
from mailer.composer.parsing import callouts, dropped, inlines, markers, videos
from mailer.composer.parsing.characters import cleaned_html
from mailer.composer.parsing.htmlsource import blanked, without_comments
from mailer.composer.parsing.leftover import report_leftovers
from mailer.composer.parsing.markdown import Node
from mailer.composer.parsing.scope import Scope
from mailer.composer.tree import paragraph, plain, trimmed
from mailer.model.content import (
    Align,
    Block,
    Blocks,
    BulletList,
    Callout,
    CodeBlock,
    Divider,
    Footnote,
    Inlines,
    NumberedList,
    Quote,
    RawBlock,
    Subheading,
    Table,
)

_ALIGNS: Mapping[str, Align] = {
    "text-align:left": "left",
    "text-align:center": "center",
    "text-align:right": "right",
}


class BlockReader:
    """Reads the blocks of a document whose line 0 is `first_line` of the file."""

    def __init__(self, first_line: int, scope: Scope) -> None:
        self._first_line = first_line
        self._scope = scope

    def line(self, token: Token) -> int:
        """Where a token begins, as a line of the file."""
        return self._first_line + (token.map or [0])[0]

    def read(self, nodes: Iterable[Node]) -> Blocks:
        """The blocks of some nodes; what holds nothing but comments is left out."""
        blocks = (self._READERS[node.token.type](self, node) for node in nodes)
        return tuple(block for block in blocks if block is not None)

    def heading(self, node: Node) -> Inlines:
        """The text of a heading; an empty one is an error."""
        children = self._inlines(node.children[0].token)
        if not plain(children):
            line = self.line(node.token)
            self._scope.report.add("heading-empty", line, "this heading has no text", "write one")
        return children

    def footnotes(self) -> tuple[Footnote, ...]:
        """The footnotes that were referred to since the last call, and those that they refer to."""
        found: list[Footnote] = []
        while pending := self._scope.footnotes.take():
            for note in pending:
                blocks = BlockReader(note.first_line, self._scope).read(note.body)
                found.append(Footnote(note.number, blocks, note.line))
        return tuple(found)

    def _inlines(self, token: Token) -> Inlines:
        return trimmed(inlines.read(token.children or (), self.line(token), self._scope))

    def _paragraph(self, node: Node) -> Block | None:
        token, line = node.children[0].token, self.line(node.token)
        block = paragraph(self._inlines(token), line)
        return block if node.token.level else videos.read(block, self._scope.report)

    def subheading(self, node: Node) -> Subheading:
        return Subheading(self.heading(node), self.line(node.token))

    def _inner_heading(self, node: Node) -> Subheading:
        if node.token.tag != "h4":
            message = "a heading inside a list, quote or footnote cannot open an item"
            self._scope.report.add("heading-inside", self.line(node.token), message, "write ####")
        return self.subheading(node)

    def _bullets(self, node: Node) -> BulletList:
        items = tuple(self.read(item.children) for item in node.children)
        return BulletList(items, self.line(node.token))

    def _numbers(self, node: Node) -> NumberedList:
        items = tuple(self.read(item.children) for item in node.children)
        return NumberedList(items, int(node.token.attrs.get("start", 1)), self.line(node.token))

    def _quote(self, node: Node) -> Quote | Callout | None:
        children, line = self.read(node.children), self.line(node.token)
        return callouts.read(children, line, self._scope.report) if children else None

    def _code(self, node: Node) -> CodeBlock:
        reveal, line = self._scope.slots.reveal, self.line(node.token)
        language = next(iter(reveal(node.token.info).split()), "")
        if language and not highlight.is_known(language):
            message = f"nothing is known of the language {language!r}, so its code has no colours"
            mend = "name another, or none"
            self._scope.report.add("code-language", line, message, mend)
        return CodeBlock(reveal(node.token.content).removesuffix("\n"), language, line)

    def _table(self, node: Node) -> Table:
        head, *bodies = node.children
        header = head.children[0].children
        rows = tuple(self._row(row) for body in bodies for row in body.children)
        aligns = tuple(_ALIGNS.get(str(cell.token.attrs.get("style"))) for cell in header)
        return Table(self._row(head.children[0]), rows, aligns, self.line(node.token))

    def _row(self, node: Node) -> tuple[Inlines, ...]:
        return tuple(self._inlines(cell.children[0].token) for cell in node.children)

    def _divider(self, node: Node) -> Divider:
        return Divider(self.line(node.token))

    def _html(self, node: Node) -> RawBlock | None:
        report, line = self._scope.report, self.line(node.token)
        html = without_comments(node.token.content, report, line).strip()
        if node.token.content.startswith("<!--") and html and not html.startswith("<"):
            mend = "begin it on a line of its own"
            report.add("comment-text", line, "text behind a comment is no Markdown", mend)
        html = cleaned_html(self._scope.slots.refused(html, "raw HTML", report, line), report, line)
        report_leftovers(re.sub(r"<[^>]*>", "", html), report, line)
        dropped.report_block(blanked(self._scope.slots.reveal(node.token.content)), report, line)
        return RawBlock(html, line) if html else None

    def _misplaced(self, node: Node) -> None:
        slots, report = self._scope.slots, self._scope.report
        markers.report_misplaced(node.token.content, slots, report, self.line(node.token))

    _READERS: Mapping[str, Callable[[BlockReader, Node], Block | None]] = {
        "paragraph_open": _paragraph,
        "heading_open": _inner_heading,
        "bullet_list_open": _bullets,
        "ordered_list_open": _numbers,
        "blockquote_open": _quote,
        "fence": _code,
        "code_block": _code,
        "table_open": _table,
        "hr": _divider,
        "html_block": _html,
        markers.TYPE: _misplaced,
    }
