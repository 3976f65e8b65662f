"""docs/scorecard.md, written from what was measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from peers.measures import Measured
from scoring import GOALS, SUPPORTED

PAGE = Path(__file__).parent / "page.md"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how a figure is written, and whether a theme of ours may have it."""

    title: str
    goal: str
    written: Callable[[Measured], str]
    reached: Callable[[Measured], bool]


def _goal(of: Measured) -> tuple[int, int, float]:
    return GOALS[of.name.partition(",")[0]]


WEIGHTS = (
    Row(
        "HTML bytes",
        "17,000 · 24,000",
        lambda it: f"{it.size:,}",
        lambda it: it.size <= _goal(it)[0],
    ),
    Row(
        "overhead bytes per item",
        "650 · 1,000",
        lambda it: f"{it.overhead:,.0f}",
        lambda it: it.overhead is not None and it.overhead <= _goal(it)[1],
    ),
    Row(
        "text/HTML",
        ".42 · .32",
        lambda it: f"{it.text:.2f}"[1:],
        lambda it: it.text >= _goal(it)[2],
    ),
)
QUALITIES = (
    Row("axe, WCAG violations", "0", lambda it: str(it.axe), lambda it: it.axe == 0),
    Row("Nu checker, errors", "0", lambda it: str(it.nu), lambda it: it.nu == 0),
    Row(
        "base layer supported",
        "98.5 %",
        lambda it: f"{100 * it.supported:.1f} %",
        lambda it: it.supported >= SUPPORTED,
    ),
    Row("width at 320", "320", lambda it: str(it.width), lambda it: it.width == 320),
    Row(
        "width at 320, no `<style>`",
        "320",
        lambda it: str(it.width_bare),
        lambda it: it.width_bare == 320,
    ),
    Row(
        "dark theme, faint texts",
        "0",
        lambda it: "no dark theme" if it.dark is None else str(it.dark),
        lambda it: it.dark == 0,
    ),
    Row("SpamAssassin, whole message", "−1.0", lambda it: f"{it.spam:.1f}".replace("-", "−"),
        lambda it: it.spam <= -1.0),
)  # fmt: skip


def missed(reference: Sequence[Measured], issues: Sequence[Measured]) -> list[str]:
    """What our themes do not reach: `digest: axe, WCAG violations: 1`."""
    judged = [(it, row) for it in reference for row in (*WEIGHTS, *QUALITIES)]
    judged += [(it, row) for it in issues for row in QUALITIES]
    return [
        f"{it.name}: {row.title}: {row.written(it)}" for it, row in judged if not row.reached(it)
    ]


def document(
    reference: Sequence[Measured],
    peers: Sequence[Measured],
    issues: Sequence[Measured],
    versions: Mapping[str, str],
    date: dt.date,
) -> str:
    return PAGE.read_text(encoding="utf-8").format(
        date=date.isoformat(),
        versions=" · ".join(f"{name} {version}" for name, version in versions.items()),
        reference=_table((*WEIGHTS, *QUALITIES), reference, True),
        peers=_table((*WEIGHTS, *QUALITIES), peers),
        issues=_turned(QUALITIES, issues),
    )


def _table(rows: Sequence[Row], columns: Sequence[Measured], goals: bool = False) -> str:
    """A line for each row, a column for each version."""
    head = ["", *(["goal"] if goals else []), *(it.name for it in columns)]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        lines.append([row.title, *([row.goal] if goals else []), *map(row.written, columns)])
    return _lines(lines)


def _turned(rows: Sequence[Row], versions: Sequence[Measured]) -> str:
    """A line for each version, a column for each row."""
    head = ["", *(row.title for row in rows)]
    lines = [head, ["---"] * len(head)]
    lines += [[it.name, *(row.written(it) for row in rows)] for it in versions]
    return _lines(lines)


def _lines(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
