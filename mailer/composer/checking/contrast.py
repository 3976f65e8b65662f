"""Whether text can be read on what lies behind it: light, dark, and turned over by force.

The pairs are read from the theme's sheets. A rule that sets a text's colour and its background
makes a pair; a colour without a background of its own may stand on every background of the theme,
but for those that bring their text's colour along, such as a masthead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.composer.checking.context import CONFIG_FILE, CheckContext
from mailer.composer.colour import contrast, inverted, nearest
from mailer.composer.html import stylesheet
from mailer.composer.report import Report
from mailer.model.issue import Issue

_NEEDED = 4.5  # WCAG 2.2 §1.4.3, for text of any size
_ROOTS = ("body", ".canvas")  # what holds a message: their text is the theme's own


@dataclass(frozen=True, slots=True)
class Pair:
    """Names of the palette's colours."""

    ink: str
    paper: str


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    behind: dict[str, list[str]] = {}
    for pair in dict.fromkeys(pairs(context.theme.css + context.theme.kept)):
        behind.setdefault(pair.ink, []).append(pair.paper)
    for ink, papers in behind.items():
        _check(ink, papers, context.palette.light, "light", report)
        _check(ink, papers, context.palette.dark, "dark", report)


def pairs(css: str) -> Iterator[Pair]:
    """Each text colour and background that the rules of a theme bring together."""
    boxes = _boxes(css)
    root = next((boxes[name]["color"] for name in _ROOTS if "color" in boxes.get(name, {})), "")
    free = [
        box["background"]
        for box in boxes.values()
        if "background" in box and box.get("color", root) == root
    ]
    for name, box in boxes.items():
        ink = box.get("color", "")
        own = ink != root and (box.get("background") or _behind(name, boxes))
        for paper in [own] if own else free:
            if ink:
                yield Pair(ink, paper)


def _behind(selector: str, boxes: Mapping[str, Mapping[str, str]]) -> str | None:
    """The background of what the selector says that the text stands in."""
    for ancestor in reversed(selector.split(" ")[:-1]):
        if paper := boxes.get(ancestor, {}).get("background"):
            return paper
    return None


def _boxes(css: str) -> dict[str, dict[str, str]]:
    """By selector, the names of the colours that its rules set as `color` and `background`."""
    boxes: dict[str, dict[str, str]] = {}
    for selectors, declarations in stylesheet.rules(css):
        for declaration in declarations:
            what, _, value = declaration.partition(":")
            names = stylesheet.variables(value)
            if what in ("color", "background", "background-color") and names:
                for selector in selectors.split(","):
                    box = boxes.setdefault(selector, {})
                    box[what.removesuffix("-color")] = min(names)
    return boxes


def _check(
    ink: str, papers: list[str], colours: Mapping[str, str], mode: str, report: Report
) -> None:
    """One finding a colour and mode, about the background on which it is read worst."""
    ratio = _least_contrast if mode == "light" else contrast  # apps invert what is light
    worst = min(papers, key=lambda paper: ratio(colours[ink], colours[paper]))
    least = ratio(colours[ink], colours[worst])
    if least >= _NEEDED:
        return
    inverts = contrast(colours[ink], colours[worst]) >= _NEEDED
    better = nearest(
        colours[ink], lambda c: all(ratio(c, colours[paper]) >= _NEEDED for paper in papers)
    )
    message = (
        f"look.{mode}: {ink} {colours[ink]} on {worst} {colours[worst]} has a contrast of "
        f"{least:.1f} to 1{' where an app inverts it' if inverts else ''}, and text needs {_NEEDED}"
    )
    mend = f'write {ink} = "{better}" below [look.{mode}]'
    further = f"move {ink} and {worst} further apart"
    report.add("contrast", 0, message, mend if better else further, CONFIG_FILE)


def _least_contrast(ink: str, paper: str) -> float:
    """As it is, or turned over by force."""
    return min(contrast(ink, paper), contrast(inverted(ink), inverted(paper)))
