"""Inlines → Markdown. A sign is escaped only where the composer would read it as something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from mailer.composer.parsing import markdown, parse
from mailer.composer.tree import plain, trimmed
from mailer.model.content import (
    CodeSpan,
    FootnoteReference,
    Formula,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    Picture,
    RawInline,
    Styled,
    Text,
    Url,
)

_SPECIAL = r"\`*_[]<>&$~{}!^|:#"
_START = re.compile(r"(\s*)(\d{1,9}(?=[.)])|[#>+\-=|~:`*_]|(?=\[))")
_OF_STYLES = {"em": "*", "strong": "**", "s": "~~"}
_LONGEST = 10_000  # characters for which the least escaped way is looked for
_DEFAULTS = parse.Defaults("en", (), "x")
_EDGE = re.compile(r"\A\s*|\s*\Z")


def written(children: Inlines) -> str:
    """On one line but for hard breaks. The composer reads the same words again, whatever they
    are; styles that Markdown cannot say in their place are dropped."""
    tidy = trimmed(tuple(_tidied(children)))
    for candidate in (tidy, tuple(_bald(tidy))):
        if found := _sound(candidate):
            return found
    return _Writer(_SPECIAL).paragraph(tuple(_bald(tidy)))


def _sound(children: Inlines) -> str:
    """The least escaped way to write them; empty where every way is read as something else."""
    present = {sign for sign in _SPECIAL if any(sign in text for text in _texts(children))}
    plainest = _Writer("").paragraph(children)
    if _is_same(plainest, children):
        return plainest
    escaped = "".join(sorted(present))
    cautious = _Writer(escaped).paragraph(children)
    if not _is_same(cautious, children):
        return ""
    if len(cautious) > _LONGEST:
        return cautious
    for sign in sorted(present, reverse=True):  # `<` is better escaped than `>`
        fewer = escaped.replace(sign, "")
        if _is_same(_Writer(fewer).paragraph(children), children):
            escaped = fewer
    return _Writer(escaped).paragraph(children)


def _is_same(text: str, children: Inlines) -> bool:
    return bool(_read(text) == _normal(children))


@cache
def _read(text: str) -> Any:
    issue = parse.parse(f"---\ntitle: x\n---\n{text}\n{_notes(text)}", "", _DEFAULTS).issue
    if issue is None or issue.entries or issue.sign_off or len(issue.intro) != 1:
        return None
    return _normal(getattr(issue.intro[0], "children", ()))


def _notes(text: str) -> str:
    """Definitions for the footnotes that it refers to, without which they are none."""
    return "".join(f"\n{mark}: x\n" for mark in dict.fromkeys(re.findall(r"\[\^\d+\]", text)))


def _normal(children: Inlines) -> Any:
    """What is compared: without lines of the file, texts beside each other as one."""
    merged: list[Any] = []
    for inline in children:
        match inline:
            case Text(text) if merged and isinstance(merged[-1], str):
                merged[-1] += text
            case Text(text):
                merged.append(text)
            case Hyperlink(url, inner, title):
                merged.append(("link", markdown.address(url.text), title, _normal(inner)))
            case Picture(source, alt, title):
                merged.append(("picture", markdown.address(source), alt, title))
            case FootnoteReference():  # numbered anew by the composer
                merged.append(FootnoteReference)
            case Styled(style, inner):
                merged.append((style, _normal(inner)))
            case _:
                merged.append(without_lines(inline))
    return merged


def without_lines(value: Any) -> Any:
    """A value of the model in which no line of a file is told."""
    if isinstance(value, tuple):
        return tuple(without_lines(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {field.name: without_lines(getattr(value, field.name)) for field in fields(value)}
    return replace(value, **changes | ({"line": 0} if "line" in changes else {}))


def _texts(children: Inlines) -> Iterator[str]:
    for inline in children:
        match inline:
            case Text(text):
                yield text
            case Styled(_, inner) | Hyperlink(_, inner):
                yield from _texts(inner)
            case Picture(alt=alt):
                yield alt


def _tidied(children: Inlines) -> Iterator[Inline]:
    """Blanks at the ends of a style or link stand outside it; empty ones are gone."""
    for inline in children:
        if not isinstance(inline, Styled | Hyperlink):
            yield inline
            continue
        inner = tuple(_tidied(inline.children))
        before = isinstance(inner[0], Text) and inner[0].text[:1].isspace() if inner else False
        after = isinstance(inner[-1], Text) and inner[-1].text[-1:].isspace() if inner else False
        inner = trimmed(inner)
        if before:
            yield Text(" ")
        if inner:
            yield replace(inline, children=inner)
        if after:
            yield Text(" ")


def _bald(children: Inlines) -> Iterator[Inline]:
    for inline in children:
        if isinstance(inline, Styled):
            yield from _bald(inline.children)
        elif isinstance(inline, Hyperlink):
            yield replace(inline, children=tuple(_bald(inline.children)))
        else:
            yield inline


class _Writer:
    def __init__(self, escaped: str) -> None:
        self._escaped = re.compile(f"[{re.escape(escaped)}]") if escaped else None

    def paragraph(self, children: Inlines) -> str:
        text = "".join(self._inline(inline) for inline in children).strip()
        if self._escaped is None:
            return text
        return _START.sub(_escaped_start, text, 1) if _START.match(text) else text

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text):
                return self._text(text)
            case CodeSpan(code):
                return code_span(code)
            case LineBreak(hard):
                return "\\\n" if hard else "\n"
            case Styled(style, inner):
                return f"{_OF_STYLES[style]}{self._all(inner)}{_OF_STYLES[style]}"
            case Hyperlink(url, inner, title):
                return self._link(url, inner, title)
            case Picture():
                return self.picture(inline)
            case RawInline(html):
                return html
            case FootnoteReference(number):
                return f"[^{number}]"
            case Formula(tex):
                return f"${tex}$"
        return plain((inline,))

    def _all(self, children: Inlines) -> str:
        return "".join(self._inline(inline) for inline in children)

    def _text(self, text: str) -> str:
        line = re.sub(r"\s+", " ", text)
        return self._escaped.sub(r"\\\g<0>", line) if self._escaped else line

    def _link(self, url: Url, children: Inlines, title: str) -> str:
        address = target(url.text)
        shown = plain(children)
        if shown == url.text and re.fullmatch(r"[a-z][a-z+.-]+:[^\s<>\\]+", shown):
            return f"<{shown}>"
        said = _title(title)
        return f"[{self._all(children)}]({address}{said})"

    def picture(self, picture: Picture) -> str:
        alt = re.sub(r"[\[\]\\`*_<>&]", r"\\\g<0>", " ".join(picture.alt.split()))
        return f"![{alt}]({target(picture.source)}{_title(picture.title)})"


def _escaped_start(match: re.Match[str]) -> str:
    start = match[2]
    return match[1] + (f"{start}\\" if start.isdecimal() else f"\\{start}" if start else "")


def _title(text: str) -> str:
    title = re.sub(r'[\\"&<]', r"\\\g<0>", " ".join(text.split()))
    return f' "{title}"' if title else ""


def code_span(code: str) -> str:
    """Between more backticks than it holds after each other."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if code[:1] in ("`", " ") or code[-1:] in ("`", " ") else ""
    return f"{fence}{pad}{' '.join(code.split(chr(10)))}{pad}{fence}"


def target(address: str) -> str:
    """An address between the parentheses of a link: in angle brackets where it would end them."""
    safe = re.sub(r"[\s<>{}\\\"]", lambda m: "".join(f"%{o:02X}" for o in m[0].encode()), address)
    balanced = safe.count("(") == safe.count(")") and ")(" not in safe
    return safe if balanced else f"<{safe}>"


def picture(of: Picture) -> str:
    return _Writer("").picture(of)
