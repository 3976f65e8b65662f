"""How well headings are told in plain text: `python -m intake.structure [FOLDER]` from `tests/`.

A labelled digest is a text whose lines have a label where they are more than text:
`#|` the title, `##|` an item or a section, `###|` an item in a section, `./|` where the sign-off
begins, `-|` what does not belong to the issue, `~|` what the front matter says. Each is tried as it
may reach us: with empty lines, without any, broken at 72 columns, as Windows writes it.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailer.composer.tree import plain
from mailer.intake.reading.manuscript import Heading, Manuscript, SignOff
from mailer.intake.reading.text.reader import read
from mailer.intake.writing.issue_file import issue_file

LAYOUTS = ("own", "apart", "dense", "broken", "windows")
DIGESTS = Path(__file__).parent / "digests"
_LABEL = re.compile(r"(#{1,3}|\./|-|~)\| ")
_UNBROKEN = re.compile(r"\s|>|[-*] |\d+\. ")  # lines that stay as they are


@dataclass(frozen=True)
class Labelled:
    """`lines` as (label, text)."""

    name: str
    lines: tuple[tuple[str, str], ...]

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(len(label), text) for label, text in self.lines if label in ("##", "###")]


@dataclass(frozen=True)
class Score:
    """`levels` are those found at another level, `lost` the sentences that are nowhere."""

    name: str
    expected: int
    found: int
    false: tuple[str, ...]
    missed: tuple[str, ...]
    levels: tuple[str, ...]
    lost: tuple[str, ...]
    kept: int


def labelled(path: Path) -> Labelled:
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _LABEL.match(line)
        lines.append((match[1], line[match.end() :]) if match else ("", line))
    return Labelled(path.stem, tuple(lines))


def layouts(digest: Labelled) -> Iterator[tuple[str, str]]:
    """Its text, in each way that it may reach us."""
    lines = [text for _, text in digest.lines]
    if any(re.fullmatch(r"[-=]{3,}", line) for line in lines):  # it has a layout of its own
        yield "own", "\n".join(_apart(lines))
        return
    yield "apart", "\n\n".join(lines)
    yield "dense", "\n".join(lines)
    broken = [line if _UNBROKEN.match(line) else textwrap.fill(line, 72) for line in lines]
    yield "broken", "\n\n".join(broken)
    yield "windows", "\ufeff" + "\r\n\r\n".join(lines).replace(" of ", "\u00a0of ")


def _apart(lines: list[str]) -> Iterator[str]:
    """Headings get an empty line above them."""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"[-=]{3,}", below):
            yield ""
        yield line


@cache
def manuscript_of(text: str) -> Manuscript:
    return read(text)


def score(digest: Labelled, layout: str, text: str) -> Score:
    manuscript = manuscript_of(text)
    expected = [(level, _key(title)) for level, title in digest.headings]
    found = [
        (piece.level, _key(plain(piece.children)))
        for piece in manuscript.pieces
        if isinstance(piece, Heading)
    ]
    titles, told = {title for _, title in expected}, {title for _, title in found}
    written = _words(issue_file(manuscript, "") + " ".join(manuscript.left_out))
    sentences = [part for _, line in digest.lines for part in _sentences(line)]
    return Score(
        name=f"{digest.name} ({layout})",
        expected=len(expected),
        found=len(titles & told),
        false=tuple(title for _, title in found if title not in titles),
        missed=tuple(title for _, title in expected if title not in told),
        levels=tuple(title for level, title in set(found) - set(expected) if title in titles),
        lost=tuple(each for each in sentences if _words(each) not in written),
        kept=len(sentences),
    )


def ends_well(digest: Labelled, manuscript: Manuscript) -> bool:
    """Whether the sign-off is where it should be."""
    wanted = next((text for label, text in digest.lines if label == "./"), "")
    after = [
        manuscript.pieces[place + 1]
        for place, piece in enumerate(manuscript.pieces)
        if isinstance(piece, SignOff)
    ]
    return bool(after) and _key(plain(getattr(after[0], "children", ()))) == _key(wanted)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if re.search(r"\w", part)]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def scores(folder: Path, wanted: Container[str] = LAYOUTS) -> list[Score]:
    digests = [labelled(path) for path in sorted(folder.glob("*.txt"))]
    return [score(d, name, text) for d in digests for name, text in layouts(d) if name in wanted]


def shares(found: list[Score]) -> tuple[float, float, float, float]:
    """Headings found, false ones, those of the right level, sentences kept: in hundredths."""
    expected = sum(each.expected for each in found)
    hits, false = sum(each.found for each in found), sum(len(each.false) for each in found)
    sentences = sum(each.kept for each in found)
    lost = sum(len(each.lost) for each in found)
    return (
        100 * hits / expected,
        100 * false / (hits + false),
        100 * (hits - sum(len(each.levels) for each in found)) / expected,
        100 * (sentences - lost) / sentences,
    )


def main(folders: list[Path]) -> None:
    for folder in folders:
        found = scores(folder)
        for each in found:
            for what, texts in (
                ("missed", each.missed),
                ("false", each.false),
                ("level", each.levels),
                ("lost", each.lost),
            ):
                for text in texts:
                    print(f"{each.name}: {what}: {text}")
        headings, false, levels, kept = shares(found)
        print(
            f"{folder.name}: {headings:.1f} % of the headings found, {false:.1f} % false, "
            f"{levels:.1f} % at their level, {kept:.1f} % of the sentences kept"
        )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [DIGESTS / "tuned", DIGESTS / "held"])
