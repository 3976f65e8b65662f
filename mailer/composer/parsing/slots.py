"""Slots as an issue file writes them: `{{ first_name | default("reader") }}`.

They are hidden before Markdown sees the text, each behind a mark of noncharacters (U+FDD0 …), so
that a quote, a bar or an underscore in a slot means nothing to Markdown. An entity cannot forge
such a mark: Markdown refuses noncharacters there, and `characters` refuses them in the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer.report import Report
from mailer.model.slot import MAY_BE_NOTHING, Slot, SlotKind, Slotted

_FIRST, _ZERO, _LAST, _BASE = "\ufdd0", 0xFDD1, "\ufdef", 30
MARK = re.compile(r"\ufdd0([\ufdd1-\ufdee]+)\ufdef")
_OPENING = re.compile(r"\{[{%]")
_CLOSINGS = {"{{": "}}", "{%": "%}"}
_SLOT = re.compile(
    r"""\{\{[ \t]*(?P<name>[a-z_][a-z0-9_]*)[ \t]*
    (?:\|[ \t]*default[ \t]*\([ \t]*(?P<quote>["'])(?P<default>(?:(?!(?P=quote))[^\n])*)(?P=quote)
    [ \t]*\)[ \t]*)?\}\}""",
    re.VERBOSE,
)
_Fault = tuple[str, str, str]  # rule, message, mend
_FAULTS: tuple[tuple[re.Pattern[str], _Fault], ...] = (
    (
        re.compile(r"[A-Za-z_]\w*\s*\|\s*default\b"),
        (
            "slot-default",
            "this is no default",
            'write {{ name | default("text") }}, without quotes inside the text',
        ),
    ),
    (
        re.compile(r"[A-Za-z_]\w*\s*\|"),
        (
            "slot-filter",
            "the only filter of a slot is default",
            'write {{ name }} or {{ name | default("text") }}',
        ),
    ),
    (
        re.compile(r"[A-Za-z_]\w*\s*[.\[]"),
        (
            "slot-attribute",
            "a slot is one attribute of a subscriber, nothing inside it",
            "write {{ name }}",
        ),
    ),
    (
        re.compile(r"\w+\Z"),
        (
            "slot-name",
            "this is no name of a slot",
            "use lower-case letters, digits and underscores, not beginning with a digit",
        ),
    ),
)
_BRACES = (
    "slot-default",
    "its default has braces, which readers would see",
    'write {{ name | default("text") }}, the text without braces',
)
_EXPRESSION = (
    "slot-expression",
    "a slot is a name, not an expression",
    "write {{ name }}; braces meant as text go into `code`",
)
_STATEMENT = (
    "slot-statement",
    "an issue has slots and no statements",
    "remove the {% … %}; meant as text it goes into `code`",
)
_UNCLOSED = (
    "slot-unclosed",
    "it is not closed",
    "write {{ name }} on one line; braces meant as text go into `code`",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A slot as it stands in the source; `fault` is set where it is no good one."""

    source: str
    name: str
    default: str | None
    fault: _Fault | None = None


class Slots:
    """The slots of one issue file, each known by the mark that hides it."""

    def __init__(self) -> None:
        self._written: list[Written] = []
        self._marks: dict[Written, str] = {}

    def hide(self, text: str) -> str:
        """`text` with every `{{ … }}` and `{% … %}` replaced by a mark, the same by the same."""
        return "\n".join(self._hide_line(line) for line in text.split("\n"))

    def _hide_line(self, line: str) -> str:
        if not _OPENING.search(line):
            return line
        closings = {opening: _starts(line, end) for opening, end in _CLOSINGS.items()}
        parts: list[str] = []
        end = 0
        for match in _OPENING.finditer(line):
            if match.start() >= end:
                written = _read(line, match.start(), closings[match[0]])
                parts += (line[end : match.start()], self._mark(written))
                end = match.start() + len(written.source)
        return "".join((*parts, line[end:]))

    def _mark(self, written: Written) -> str:
        if written not in self._marks:
            number, digits = len(self._written), ""
            while number or not digits:
                number, digit = divmod(number, _BASE)
                digits = chr(_ZERO + digit) + digits
            self._written.append(written)
            self._marks[written] = _FIRST + digits + _LAST
        return self._marks[written]

    def _behind(self, match: re.Match[str]) -> Written:
        number = 0
        for digit in match[1]:
            number = number * _BASE + ord(digit) - _ZERO
        return self._written[number]

    def reveal(self, text: str) -> str:
        """`text` as the editor wrote it: each mark is again the source of its slot."""
        return MARK.sub(lambda match: self._behind(match).source, text)

    def split(self, text: str) -> Iterator[str | Written]:
        """`text` cut at its slots; no empty strings."""
        end = 0
        for match in MARK.finditer(text):
            if match.start() > end:
                yield text[end : match.start()]
            yield self._behind(match)
            end = match.end()
        if end < len(text):
            yield text[end:]

    def typed(self, text: str, kind: SlotKind, report: Report, line: int) -> Slotted:
        """`text` with slots of `kind`; a faulty one is an error and stays as it was written."""
        parts: list[str | Slot] = []
        for part in self.split(text):
            if isinstance(part, str):
                parts.append(part)
            elif part.fault:
                rule, message, mend = part.fault
                report.add(rule, line, f"{part.source}: {message}", mend)
                parts.append(part.source)
            else:
                parts.append(Slot(part.name, _default(part), kind))
        return tuple(parts)

    def refused(self, text: str, place: str, report: Report, line: int) -> str:
        """`text` as written; a slot in it is an error, since `place` may not hold one."""
        for part in self.split(text):
            if not isinstance(part, str):
                message = f"{part.source}: {place} cannot hold a slot"
                report.add("slot-place", line, message, "remove it")
        return self.reveal(text)


def _default(written: Written) -> str | None:
    return "" if written.default is None and written.name in MAY_BE_NOTHING else written.default


def _starts(line: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(text), line)]


def _read(line: str, start: int, closings: list[int]) -> Written:
    """The slot or statement that begins at `start`; `closings` are where one may end."""
    match = _SLOT.match(line, start)
    if match:
        default = match["default"]
        has_braces = default is not None and not {"{", "}"}.isdisjoint(default)
        return Written(match[0], match["name"], default, _BRACES if has_braces else None)
    opening = line[start : start + 2]
    following = bisect_left(closings, start + 2)
    end = closings[following] if following < len(closings) else -1
    if end < 0 or line.find("`", start, end) >= 0:  # a code span ends before the slot does
        return Written(opening, "", None, _UNCLOSED if opening == "{{" else _STATEMENT)
    source = line[start : end + 2]
    return Written(source, "", None, _fault(source) if opening == "{{" else _STATEMENT)


def _fault(source: str) -> _Fault:
    inside = source[2:-2].strip()
    for pattern, fault in _FAULTS:
        if pattern.match(inside):
            return fault
    return _EXPRESSION
