"""Blocks → Markdown, each as its lines."""

from __future__ import annotations

import re

from mailer.composer.tree import plain
from mailer.intake.writing.inlines import picture, target, written
from mailer.model.content import (
    Block,
    Blocks,
    BulletList,
    Callout,
    CodeBlock,
    Divider,
    Figure,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    Subheading,
    Table,
    Url,
)

_ALIGNS = {"left": ":---", "center": ":---:", "right": "---:", None: "---"}


def lines(block: Block) -> list[str]:
    """Those of one block, without an empty one around them."""
    match block:
        case Paragraph(children):
            return written(children).split("\n")
        case Subheading(children):
            return [f"#### {written(children)}"]
        case Figure(pictures):
            return [_figure(one, url) for one, url in pictures]
        case BulletList(items):
            return [line for item in items for line in _item("- ", item)]
        case NumberedList(items, start):
            counted = enumerate(items, start)
            return [line for number, item in counted for line in _item(f"{number}. ", item)]
        case Divider():
            return ["---"]
    return _boxed(block)


def _boxed(block: Block) -> list[str]:
    match block:
        case Quote(children):
            return _quoted(flow(children))
        case Callout(kind, title, children):
            head = f"[!{kind.value.upper()}] {written(title)}".rstrip()
            return _quoted([head, *flow(children)])
        case CodeBlock(code, language):
            return _code(code, language)
        case Table():
            return _table(block)
    raise TypeError(block)


def flow(blocks: Blocks) -> list[str]:
    """Blocks with an empty line between them."""
    found: list[str] = []
    for block in blocks:
        found += ["", *lines(block)] if found else lines(block)
    return found


def _figure(one: Picture, url: Url | None) -> str:
    return f"[{picture(one)}]({target(url.text)})" if url else picture(one)


def _item(mark: str, blocks: Blocks) -> list[str]:
    first, *others = flow(blocks) or [""]
    indent = " " * len(mark)
    return [f"{mark}{first}".rstrip(), *(f"{indent}{line}".rstrip() for line in others)]


def _quoted(inside: list[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in inside]


def _code(code: str, language: str) -> list[str]:
    longest = max((len(run) for run in re.findall("`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{language}", *code.split("\n"), fence]


def _table(table: Table) -> list[str]:
    rows = [table.header, *table.rows]
    cells = [[_cell(written(cell) if plain(cell) else "") for cell in row] for row in rows]
    aligns = [_ALIGNS[align] for align in table.aligns]
    return [f"| {' | '.join(row)} |" for row in (cells[0], aligns, *cells[1:])]


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text.replace("\\\n", " ").replace("\n", " "))
