"""What the base layer of a message asks of mail clients: all that is left without `<style>`.

Judged is what stands inside `<body>`: elements, attributes, inline styles, kinds of pictures; the
style layer only improves (docs/clients.md). clients.py knows what each client supports; a feature
that is not in it is one that no client has trouble with, or that has never been tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mailer.composer.checking.clients import PLATFORMS, SAME, SUPPORT
from mailer.composer.checking.context import CheckContext
from mailer.composer.html.document import parsed
from mailer.composer.report import Report
from mailer.model.issue import Issue

_UNIT = re.compile(r"(?<![\w#-])[\d.]+(%|[a-z]+)")
_WORD = re.compile(r"[a-z-]+")
_SUFFIX = re.compile(r"\.\w+(?=[?#]|$)")
_HEADING = re.compile(r"h[1-6]")

# What clients do without and nothing is lost: where one is missing, a reader still gets every word,
# picture and link, in order and legible.
ONLY_IMPROVES = {
    "[aria-describedby]": "the description is not read out",
    "[aria-hidden]": "a decoration is read out",
    "[aria-label]": "a link is read out as it is written",
    "<abbr>": "the short form stands alone",
    "<acronym>": "the short form stands alone",
    "<article>": "what this element and its kin hold is shown all the same",
    "<wbr>": "the client breaks a long word, or lets it run on",
    "border-radius": "corners are square",
    "box-shadow": "there is no shadow",
    "box-sizing": "a padding adds to a width",
    "font-kerning": "letters stand a little wider",
    "height": "a picture keeps the height of its attribute",
    "hyphens": "words are not divided",
    "max-height": "a box is as high as what it holds",
    "outline": "there is no outline",
    "overflow": "a long line widens its box",
    "overflow-wrap": "the client breaks a long word, or lets it run on",
    "text-shadow": "there is no shadow",
    "white-space": "the client breaks lines of code, or lets them run on",
    "word-break": "the client breaks a long word, or lets it run on",
    "word-spacing": "words stand as usual",
    "word-wrap": "the client breaks a long word, or lets it run on",
}


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    lines = {headed.anchor: headed.line for headed in issue.headed()}
    document = "".join(part for part in context.html if isinstance(part, str))
    for feature, anchor in features(document).items():
        lacking = without(feature)
        if lacking and _by_one_name(feature) not in ONLY_IMPROVES:
            message = f"{feature} does not work in {', '.join(lacking)}"
            report.add("client-support", lines.get(anchor, 0), message, _mend(feature))


def share(document: str) -> float:
    """How much of what the base layer uses is supported, wholly or partly: each feature once, on
    every platform; from 0 to 1."""
    used = {_by_one_name(feature) for feature in features(document)}
    letters = "".join(SUPPORT[feature] for feature in used)
    return 1 - letters.count("n") / max(1, len(letters))


def without(feature: str) -> tuple[str, ...]:
    """The platforms that do not support the feature, or have never been tested for it."""
    pairs = zip(PLATFORMS, SUPPORT[_by_one_name(feature)], strict=True)
    return tuple(platform for platform, letter in pairs if letter == "n")


def features(document: str) -> dict[str, str]:
    """The features of clients.py that the base layer uses, in order, each with the `id` of the last
    heading before it."""
    found: dict[str, str] = {}
    heading = ""
    tree = parsed(document or "<html>")
    for element in tree.xpath("//body//*|//body//comment()"):
        named = element.tag if isinstance(element.tag, str) else ""
        if _HEADING.fullmatch(named):
            heading = element.get("id", heading)
        for feature in _features(element) if named else ("<!---->",):
            if _by_one_name(feature) in SUPPORT:
                found.setdefault(feature, heading)
    return found


def _by_one_name(feature: str) -> str:
    return SAME.get(feature, feature)


def _features(element: Any) -> Iterator[str]:
    yield f"<{element.tag}>"
    yield from (f"[{name}]" for name in element.attrib)
    target = element.get("href", "")
    yield "href=#" if target.startswith("#") else f"href={target.partition(':')[0]}"
    yield from _of_source(element.get("src", ""))
    for declaration in element.get("style", "").lower().split(";"):
        yield from _of_declaration(*declaration.partition(":")[::2])


def _of_source(source: str) -> Iterator[str]:
    yield f"src={source.partition(':')[0]}"
    if suffix := _SUFFIX.search(source.lower()):
        yield suffix[0]


def _of_declaration(name: str, value: str) -> Iterator[str]:
    name, value = name.strip(), value.strip()
    yield _property(name)
    yield f"{name}:{value}"
    if "!important" in value:
        yield "!important"
    yield from (f"{word}()" for word in _WORD.findall(value))
    yield from (f"1{unit}" for unit in _UNIT.findall(value))


def _property(name: str) -> str:
    """The property itself, or the one that it is a part of: `margin` for `margin-top`."""
    while _by_one_name(name) not in SUPPORT and "-" in name:
        name = name.rpartition("-")[0]
    return name


def _mend(feature: str) -> str:
    if feature.startswith("."):
        return "put the picture into the publication's folder, or use a PNG or JPEG"
    if feature.startswith("<"):
        return "say it without this element"
    return "leave it out, or move it to kept.css, where it only improves"
