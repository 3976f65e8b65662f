"""A manuscript → the text of an issue file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from mailer.composer.parsing.linkline import LEAD_WORDS
from mailer.intake.reading.manuscript import (
    Heading,
    LinkLine,
    Manuscript,
    Piece,
    Remark,
    SignOff,
)
from mailer.intake.writing import blocks
from mailer.intake.writing.inlines import written
from mailer.model.content import Divider, Footnote

_COMMENT_END = re.compile(r"--+")


def issue_file(manuscript: Manuscript, issue_id: str) -> str:
    """As the composer reads it. `issue_id` is empty where the file's name says it."""
    lines = ["---", *_front_matter(manuscript, issue_id), "---"]
    pieces = _without_loose_rules(manuscript.pieces)
    above: Piece | None = None
    for piece in pieces:
        written_lines = _lines(piece, manuscript.lang)
        glued = isinstance(above, Heading) and isinstance(piece, LinkLine)
        lines += written_lines if glued or above is None else ["", *written_lines]
        above = piece
    for note in manuscript.notes:
        lines += ["", *_footnote(note)]
    return "\n".join(lines) + "\n"


def _front_matter(manuscript: Manuscript, issue_id: str) -> list[str]:
    title = " ".join(manuscript.title.replace("{{", "{ {").replace("{%", "{ %").split())
    told = {
        "id": issue_id,
        "title": json.dumps(title, ensure_ascii=False),
        "number": "" if manuscript.number is None else str(manuscript.number),
        "date": manuscript.date.isoformat() if manuscript.date else "",
        "lang": manuscript.lang,
    }
    return [f"{key}: {value}" for key, value in told.items() if value]


def _without_loose_rules(pieces: Sequence[Piece]) -> list[Piece]:
    """Rules between items go, and those that would be taken for the one above the sign-off."""
    ends = any(isinstance(piece, SignOff) for piece in pieces)
    last = max(
        (i for i, piece in enumerate(pieces) if isinstance(piece, Heading | SignOff)), default=-1
    )
    kept: list[Piece] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        loose = following is None or isinstance(following, Heading | SignOff | Remark | Divider)
        if isinstance(piece, Divider) and (
            loose or not kept or index > last or (not ends and last < 0)
        ):
            continue
        kept.append(piece)
    return kept


def _lines(piece: Piece, lang: str) -> list[str]:
    match piece:
        case Heading(children, level):
            return [f"{'#' * level} {_heading(written(children))}"]
        case LinkLine(lead, parts):
            return [f"{_lead(lead, lang)}: {' / '.join(_part(written(part)) for part in parts)}"]
        case Remark(text):
            return [f"<!-- {_COMMENT_END.sub('-', text)} -->"]
        case SignOff():
            return ["---"]
    return blocks.lines(piece)


def _lead(word: str, lang: str) -> str:
    """As the source has it, where that begins a link line in the language of the issue."""
    known = LEAD_WORDS.get(lang.partition("-")[0], LEAD_WORDS["en"])
    return word if word.casefold() in map(str.casefold, known) else known[0]


def _footnote(note: Footnote) -> list[str]:
    first, *others = blocks.flow(note.children) or [""]
    return [f"[^{note.number}]: {first}", *(f"    {line}".rstrip() for line in others)]


def _heading(text: str) -> str:
    """On one line; hashes at its end would be taken for its frame."""
    return re.sub(r"(#+)\Z", r"\\\1", text.replace("\\\n", " ").replace("\n", " "))


def _part(text: str) -> str:
    return text.replace("\\\n", " ").replace("\n", " ")
