"""Lines → passages: what stands together, however the lines were broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from mailer.intake.reading.structure.passage import Mark, Passage

_WIDEST = 100  # characters; who breaks lines by hand does so before
_NARROWEST = 40
_MANY = 0.9  # of the lines are no wider, in a text that was broken by hand
_FULL, _OFTEN = 0.7, 0.4  # how full how many lines are that have another right below
_BULLET = re.compile(r"\s*(?:[-*+•‣▪▫◦●○–—·]|[✓✔➤→])\s+(?=\S)")
_NUMBER = re.compile(r"\s*(?:\(?\d{1,3}[.)]\s+|(?:\d\ufe0f?\u20e3|🔟)\s*)(?=\S)")
_QUOTED = re.compile(r"\s*>\s?")
_HASHES = re.compile(r"\s{0,3}(#{1,6})\s+(?=\S)")
_RULE = re.compile(r"\s*(?:([-_*=~–—+•·#])\s*(?:\1\s*){2,}|--|[─━═]{2,}|⁂|❧|\*)\s*")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,}|─{3,}|━{3,}|═{3,})\s*")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*([\w+#-]*)")
_ADDRESSED = re.compile(r"\s*[^\W\d_]\w{1,20}\s?:\s+https?://\S+\s*\Z")  # `Download: https://…`
_INDENT = re.compile(r"(?: {4}|\t)")
_HYPHENED = re.compile(r"\w-\Z")
_TOGETHER = "and or und oder bzw. bis et ou y o и или to"


def passages_of(lines: Sequence[str]) -> list[Passage]:
    """In the order of the text. No word is lost."""
    width = _width(lines)
    found: list[Passage] = []
    for gap, block in _blocks(lines):
        for index, passage in enumerate(_inside(block, width)):
            found.append(replace(passage, gap=0 if index else gap))
    return found


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without an empty one, and how many empty ones stand above; a fenced block of
    code is one run."""
    closings = _fences(lines)
    gap, place = 0, 0
    while place < len(lines):
        end = place
        if place in closings:
            end = closings[place] + 1
        else:
            while end < len(lines) and lines[end].strip() and end not in closings:
                end += 1
        if end > place:
            yield gap, list(lines[place:end])
        gap = 0 if end > place else gap + 1
        place = max(end, place + 1)


def _fences(lines: Sequence[str]) -> dict[int, int]:
    """Where fenced code begins and ends; a fence that nothing closes is none."""
    places = [place for place, line in enumerate(lines) if _FENCE.fullmatch(line)]
    return dict(zip(places[::2], places[1::2], strict=False))


def _width(lines: Sequence[str]) -> int:
    """At which lines were broken by hand; 0 where each is a paragraph."""
    lengths = [len(line) for line in lines if line.strip()]
    narrow = sum(length <= _WIDEST for length in lengths)
    followed = [len(a) for a, b in pairwise(lines) if a.strip() and b.strip() and len(a) <= _WIDEST]
    if not followed or narrow < _MANY * len(lengths):
        return 0
    width = max(followed)
    full = sum(length > _FULL * width for length in followed)
    return width if width > _NARROWEST and full > _OFTEN * len(followed) else 0


def _inside(block: list[str], width: int) -> Iterator[Passage]:
    """The passages of one run of lines."""
    opening, closing = _FENCE.fullmatch(block[0]), _FENCE.fullmatch(block[-1])
    if opening and closing and len(block) > 1:
        lead = " ".join(filter(None, (opening[1], closing[1])))
        yield Passage("\n".join(block[1:-1]), Mark.CODE, lead=lead)
        return
    waiting: list[str] = []
    for index, line in enumerate(block):
        if (
            _UNDERLINE.fullmatch(line)
            and len(waiting) == 1
            and index == 1 + block.index(waiting[0])
        ):
            depth = 1 if line.strip()[0] in "=━═" else 2
            yield Passage(" ".join(waiting[0].split()), Mark.HEADING, depth=depth)
            waiting = []
        elif _RULE.fullmatch(line):
            yield from _gathered(waiting, width)
            waiting = []
            yield Passage(line.strip(), Mark.RULE)
        else:
            waiting.append(line)
    yield from _gathered(waiting, width)


def _gathered(lines: list[str], width: int) -> Iterator[Passage]:
    """Lines that were one before somebody broke them are one again."""
    if lines and all(_INDENT.match(line) for line in lines) and _is_code(lines):
        yield Passage("\n".join(_without_indent(lines)), Mark.CODE)
        return
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or not _goes_on(lines[index - 1], lines[index], width):
            yield _passage(lines[start:index])
            start = index


def _goes_on(above: str, below: str, width: int) -> bool:
    """Whether a line is the rest of the one above: its first word had no room there."""
    if not width or _begins_anew(below):
        return False
    if _QUOTED.match(above) and _QUOTED.match(below):
        return True
    first = below.split()[0]
    return len(above) + 1 + len(first) > width


def _begins_anew(line: str) -> bool:
    return any(mark.match(line) for mark in (_BULLET, _NUMBER, _HASHES, _ADDRESSED))


def _passage(lines: list[str]) -> Passage:
    if _QUOTED.match(lines[0]):
        return Passage(_joined([_QUOTED.sub("", line, 1) for line in lines]), Mark.QUOTE)
    text = _joined(lines)
    if hashes := _HASHES.match(text):
        return Passage(text[hashes.end() :], Mark.HEADING, depth=len(hashes[1]))
    for mark, pattern in ((Mark.BULLET, _BULLET), (Mark.NUMBER, _NUMBER)):
        if found := pattern.match(text):
            return Passage(text[found.end() :], mark, lead=found[0].strip())
    return Passage(text)


def _joined(lines: list[str]) -> str:
    """On one line; a word that was broken at its own hyphen is whole again."""
    text = ""
    for line in lines:
        word = line.split()[0] if line.split() else ""
        glued = _HYPHENED.search(text) and word[:1].islower() and word not in _TOGETHER.split()
        text += ("" if glued or not text else " ") + " ".join(line.split())
    return text


_CODE = re.compile(
    r"^\s*(?:import|from|def|class|return|for|if|while|pip|git|cd|curl|docker|npm|sudo|const|let|var"
    r"|fn|func|#include|SELECT)\b|[;{}]\s*$|\w\(.*\)|^\s*[$>#]\s|[\w\])]\s*[=:]?=\s*\S|^\s*[)\]}]",
    re.MULTILINE,
)


def _is_code(lines: list[str]) -> bool:
    """Whether most of some indented lines read like a program."""
    return sum(bool(_CODE.search(line)) for line in lines) * 2 >= len(lines)


def _without_indent(lines: list[str]) -> list[str]:
    least = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[least:] for line in lines]
