"""What the base layer of a message asks of mail clients: all that is left without `<style>`.

Judged is what stands inside `<body>`: elements, attributes, inline styles, kinds of pictures. The
style layer only improves and is not judged. clients.py knows what each client supports; a feature
that is not in it is one that no client has trouble with, or that has never been tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.checking.clients import PLATFORMS, SAME, SUPPORT
from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue

_UNIT = re.compile(r"(?<![\w#-])[\d.]+(%|[a-z]+)")
_WORD = re.compile(r"[a-z-]+")
_SUFFIX = re.compile(r"\.\w+(?=[?#]|$)")
_HEADING = re.compile(r"h[1-6]")

# Features that clients do without and nothing is lost: where one is missing, a reader still gets
# every word, picture and link, in order and legible.
ONLY_IMPROVES = {
    "[aria-describedby]": "said in addition",
    "[aria-hidden]": "a decoration is read out as well",
    "[aria-label]": "a link is called by its own text",
    "<abbr>": "the short form stands there",
    "<acronym>": "the short form stands there",
    "<article>": "its content is shown",
    "<aside>": "its content is shown",
    "<details>": "its content is shown at once",
    "<figcaption>": "its content is shown below the picture",
    "<figure>": "its content is shown",
    "<footer>": "its content is shown",
    "<header>": "its content is shown",
    "<main>": "its content is shown",
    "<mark>": "its content is shown without a ground",
    "<nav>": "its content is shown",
    "<section>": "its content is shown",
    "<summary>": "its content is shown above the rest",
    "<time>": "its content is shown",
    "<wbr>": "the client breaks the word, or it runs on",
    "border-radius": "corners are square",
    "box-shadow": "there is no shadow",
    "box-sizing": "a padding adds to a width",
    "font-kerning": "letters stand a little wider",
    "height": "a picture keeps the height of its attribute",
    "hyphens": "words are not divided",
    "letter-spacing": "letters stand as usual",
    "max-height": "a box is as high as its content",
    "outline": "there is no outline",
    "overflow": "a wide table widens the message",
    "overflow-wrap": "the client breaks the word, or it runs on",
    "text-shadow": "there is no shadow",
    "white-space": "lines of code run on, or are broken by the client",
    "word-break": "the client breaks the word, or it runs on",
    "word-spacing": "words stand as usual",
    "word-wrap": "the client breaks the word, or it runs on",
}


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    lines = {headed.anchor: headed.line for headed in issue.headed()}
    document = "".join(part for part in context.html if isinstance(part, str))
    for feature, anchor in features(document).items() if document else ():
        lacking = without(feature)
        if lacking and feature not in ONLY_IMPROVES:
            message = f"{feature} does not work in {', '.join(lacking)}"
            report.add("client-support", lines.get(anchor, 0), message, _mend(feature))


def share(document: str) -> float:
    """How much of what the base layer uses is supported, wholly or partly: each feature once, on
    every platform; from 0 to 1."""
    letters = "".join(SUPPORT[feature] for feature in features(document))
    return 1 - letters.count("n") / len(letters) if letters else 1.0


def without(feature: str) -> tuple[str, ...]:
    """The platforms that do not support the feature, or have never been tested for it."""
    pairs = zip(PLATFORMS, SUPPORT[feature], strict=True)
    return tuple(platform for platform, letter in pairs if letter == "n")


def features(document: str) -> dict[str, str]:
    """The features of clients.py that the base layer uses, in order, each with the `id` of the last
    heading before it."""
    found: dict[str, str] = {}
    heading = ""
    for element in html.document_fromstring(document).body.iterdescendants():
        names = ("<!---->",) if element.tag is etree.Comment else _features(element)
        if isinstance(element.tag, str) and _HEADING.fullmatch(element.tag):
            heading = element.get("id", heading)
        for name in (SAME.get(name, name) for name in names):
            if name in SUPPORT:
                found.setdefault(name, heading)
    return found


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
    while not (name in SUPPORT or name in SAME) and "-" in name:
        name = name.rpartition("-")[0]
    return name


def _mend(feature: str) -> str:
    if feature.startswith("."):
        return "use a PNG or JPEG, or a picture of the publication's folder"
    if feature.startswith("<"):
        return "say it without this element"
    return "leave it to kept.css, where it only improves"
