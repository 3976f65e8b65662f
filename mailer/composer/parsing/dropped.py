"""Warnings about what the sanitiser will leave out of the editor's own HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping

from mailer.composer import rawhtml, sanitiser
from mailer.composer.parsing import address, htmltags
from mailer.composer.parsing.htmltags import Tag
from mailer.composer.report import Report

_DECLARATION = re.compile(r"<[!?]\[?\w*")
_PICTURE = "write ![what it shows](images/…)"
_FORM = "link to a page that has the form"
_PLAYED = "link to it, around a picture of it"
_SCRIPT = "remove it, since no mail client runs a script"
_LOOK = "remove it, since the theme sets the look"
_HEADING = "write ## for an item, ### for one of a section, #### inside an item"
_ELEMENTS: Mapping[str, str] = {
    "a": "write [label](https://…), or <a href=…> and its </a> in the same paragraph and emphasis",
    "script": "remove it with what it holds, since no mail client runs a script",
    "style": "remove it with what it holds, since the theme sets the look",
    **dict.fromkeys(("img", "picture", "svg", "canvas", "map"), _PICTURE),
    **dict.fromkeys(("form", "input", "button", "select", "textarea"), _FORM),
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), _PLAYED),
    **dict.fromkeys(("link", "font", "center", "span"), _LOOK),
    **dict.fromkeys(("h1", "h2", "h3", "h5", "h6"), _HEADING),
}
_ATTRIBUTES: Mapping[str, str] = {
    "href": "give a whole https:// or mailto: address",
    **dict.fromkeys(("style", "class", "align", "valign", "width", "height", "bgcolor"), _LOOK),
}


def report_inline(html: str, report: Report, line: int) -> None:
    """About one tag inside a paragraph."""
    _report_declarations(html, report, line)
    for tag in htmltags.read(html).opening:
        if tag.name in sanitiser.INLINE:
            report_attributes(tag, sanitiser.ATTRIBUTES["*"], report, line)
        elif tag.name in sanitiser.BLOCK - {"a"}:
            message = f"<{tag.name}> is left out inside a paragraph"
            _report(report, line, message, "begin a block with it, after an empty line")
        else:
            _report_element(tag.name, report, line)


def report_block(html: str, report: Report, line: int) -> None:
    """About a block that begins on `line`; its comments are only line ends any more."""
    _report_declarations(html, report, line)
    tags = htmltags.read(html)
    for tag in tags.opening:
        if tag.name in sanitiser.BLOCK:
            report_attributes(tag, sanitiser.ATTRIBUTES["*"], report, line + tag.line)
            _report_target(tag, report, line + tag.line)
        else:
            _report_element(tag.name, report, line + tag.line)
    if tags.unclosed is not None:
        _report(report, line + tags.unclosed, "a tag without its > is left out", "close it")
    _report_misplaced(html, tags.opening, report, line)


def report_attributes(tag: Tag, more: Container[str], report: Report, line: int) -> None:
    """About the attributes of an element that is kept; it keeps its own, and `more`."""
    own = sanitiser.ATTRIBUTES.get(tag.name, frozenset())
    for name in tag.attributes:
        if name not in own and name not in more:
            mend = _SCRIPT if name.startswith("on") else _ATTRIBUTES.get(name, "remove it")
            _report(report, line, f"{name}=… of <{tag.name}> is left out", mend)


def _report_target(tag: Tag, report: Report, line: int) -> None:
    href = tag.attributes.get("href", "")
    if tag.name != "a" or address.is_active(rawhtml.address(href), report, line):
        return
    if not sanitiser.keeps_target(href):
        _report(report, line, "<a> leads nowhere", f"{_ATTRIBUTES['href']} as its href")


def _report_misplaced(html: str, tags: tuple[Tag, ...], report: Report, line: int) -> None:
    """About elements that are lost by where they stand, such as a cell without its table."""
    kept = Counter(tag.name for tag in htmltags.read(sanitiser.block(html)).opening)
    found = Counter(tag.name for tag in tags if tag.name in sanitiser.BLOCK)
    for name in found - kept:
        first = next(tag.line for tag in tags if tag.name == name)
        message = f"<{name}> stands where HTML has none and is left out"
        mend = "write a block of HTML whole, without an empty line in it"
        _report(report, line + first, message, mend)


def _report_element(name: str, report: Report, line: int) -> None:
    mend = _ELEMENTS.get(name, "write what it holds in Markdown")
    _report(report, line, f"<{name}> is left out", mend)


def _report_declarations(html: str, report: Report, line: int) -> None:
    for match in _DECLARATION.finditer(html):
        where = line + html.count("\n", 0, match.start())
        _report(report, where, f"{match[0]}…> is left out", "remove it")


def _report(report: Report, line: int, message: str, mend: str) -> None:
    report.add("html-dropped", line, message, mend)
