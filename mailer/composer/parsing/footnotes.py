"""Footnotes: numbered over the whole issue in the order of their first references."""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it.token import Token

from mailer.composer.parsing.markdown import Document, Node
from mailer.composer.report import Report


@dataclass(frozen=True, slots=True)
class Pending:
    """A footnote that was referred to and not yet read. Its text begins on `line`; the blocks of
    `body` count their lines from `first_line`."""

    number: int
    body: list[Node]
    line: int
    first_line: int


class Footnotes:
    """The footnotes of one document, whose first line in the file is `first_line`."""

    def __init__(self, document: Document, first_line: int) -> None:
        self._notes = document.notes
        self._first_line = first_line
        self._numbers: dict[str | int, int] = {}
        self._pending: list[Pending] = []
        self._definitions: dict[str, Node] = {}
        self._surplus: list[Node] = []
        for node in document.definitions:
            if self._definitions.setdefault(node.token.meta["label"], node) is not node:
                self._surplus.append(node)

    def number(self, reference: Token, line: int) -> int | None:
        """The number of what a reference on `line` names; None where there is no such footnote."""
        label, note = reference.meta.get("label"), reference.meta["id"]
        key = note if label is None else label
        if key not in self._numbers:
            pending = self._written(note, line) if label is None else self._defined(label)
            if pending is None:
                return None
            self._numbers[key] = pending.number
            self._pending.append(pending)
        return self._numbers[key]

    def _written(self, note: int, line: int) -> Pending:
        inline = Token("inline", "", 0, children=self._notes[note], map=[0, 1])
        paragraph = Node(Token("paragraph_open", "p", 1, map=[0, 1]), [Node(inline)])
        return Pending(len(self._numbers) + 1, [paragraph], line, line)

    def _defined(self, label: str) -> Pending | None:
        node = self._definitions.get(label)
        if node is None:
            return None
        number = len(self._numbers) + 1
        return Pending(number, node.children, self._line(node), self._first_line)

    def take(self) -> list[Pending]:
        """The footnotes whose first reference was read since the last call."""
        taken, self._pending = self._pending, []
        return taken

    def report_unused(self, report: Report) -> None:
        for node in self._surplus:
            message, mend = "a footnote of this name is defined above", "give this one another name"
            report.add("footnote-duplicate", self._line(node), message, mend)
        for label, node in self._definitions.items():
            if label not in self._numbers:
                message, mend = "nothing refers to this footnote", "refer to it, or remove it"
                report.add("footnote-unused", self._line(node), message, mend)

    def _line(self, node: Node) -> int:
        return self._first_line + (node.token.map or [0])[0]
