"""Inline tokens → inlines: text, emphasis, links, pictures, slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it.token import Token

from mailer.composer import rawhtml, sanitiser
from mailer.composer.parsing import (
    address,
    dropped,
    htmltags,
    markdown,
    mathematics,
    rawlinks,
    width,
)
from mailer.composer.parsing.characters import cleaned, cleaned_html, one_line
from mailer.composer.parsing.htmlsource import report_opening, without_comments
from mailer.composer.parsing.leftover import report_leftovers
from mailer.composer.parsing.markdown import BRACES, BREAKS
from mailer.composer.parsing.scope import Scope
from mailer.composer.parsing.tex import reader as tex
from mailer.composer.parsing.tex.reader import Unwritable
from mailer.composer.tree import plain
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
from mailer.model.slot import SlotKind

_Style = Literal["em", "strong", "s"]


def read(tokens: Sequence[Token], line: int, scope: Scope) -> Inlines:
    """The inlines of one block whose text begins on `line`."""
    reader = _Reader(line, scope)
    for token in rawlinks.with_links(tokens):
        reader.take(token)
    return tuple(reader.stack[0].children)


@dataclass(slots=True)
class _Open:
    """An element that is still open; one without `style` and `link` leaves no trace."""

    style: _Style | None = None
    link: tuple[Url, str, int] | None = None
    children: list[Inline] = field(default_factory=list)


class _Reader:
    """Keeps the open elements on a stack: Markdown nests emphasis deeper than calls may nest."""

    def __init__(self, line: int, scope: Scope) -> None:
        self.stack = [_Open()]
        self._first_line = self._line = line
        self._scope = scope

    def take(self, token: Token) -> None:
        _READERS[token.type](self, token)
        if BREAKS in token.meta:
            self._line = self._first_line + token.meta[BREAKS]

    def _add(self, inline: Inline) -> None:
        children = self.stack[-1].children
        if isinstance(inline, Text) and children and isinstance(children[-1], Text):
            inline = Text(children.pop().text + inline.text)  # type: ignore[union-attr]
        children.append(inline)

    def _text(self, token: Token) -> None:
        if token.type == "text":  # `&lt;!--` and `\\<!--` are meant to show
            report_opening(token.content, self._scope.report, self._line)
        scope, line = self._scope, self._line
        report_leftovers(token.content, scope.report, line)
        for part in scope.slots.typed(token.content, SlotKind.HTML, scope.report, line):
            if isinstance(part, str):
                self._add(Text(cleaned(part.replace("\n", " "), scope.report, line)))
            else:
                self._add(part)

    def _code(self, token: Token) -> None:
        self._add(CodeSpan(self._scope.slots.reveal(token.content)))

    def _mathematics(self, token: Token) -> None:
        scope, line = self._scope, self._line
        written = scope.slots.refused(token.content, "mathematics", scope.report, line)
        source = written.strip("$")
        try:
            self._add(Formula(source, tex.read(source)))
        except Unwritable as fault:
            message = f"{written}: {fault} has no form in running text"
            mend = "write it in simpler terms, show it as a picture, or write \\$ for a dollar"
            scope.report.add("mathematics", line, message, mend)
            self._add(Text(written))

    def _break(self, token: Token) -> None:
        self._add(LineBreak(hard=token.type == "hardbreak"))
        self._line += 1

    def _html(self, token: Token) -> None:
        scope, line = self._scope, self._line
        html = without_comments(token.content, scope.report, line)
        html = scope.slots.refused(html, "raw HTML", scope.report, line)
        html = cleaned_html(html, scope.report, line)
        dropped.report_inline(html, scope.report, line)
        if htmltags.name(html) in sanitiser.INLINE:
            self._add(RawInline(html))

    def _picture(self, token: Token) -> None:
        source = self._plain(str(token.attrs["src"]), "a picture's address")
        alt = self._plain(_alt(token.children or ()), "a picture's text")
        report_leftovers(alt, self._scope.report, self._line)
        size = None
        if BRACES in token.meta:
            braces = self._scope.slots.reveal(token.meta[BRACES])
            size = width.read(braces, self._scope.report, self._line)
        picture = Picture(source, alt, self._title(token), self._line, size)
        if not source:
            mend = f"write ![{alt}](images/…)"
            self._scope.report.add("picture-empty", self._line, "this picture has no file", mend)
        elif not address.is_active(source, self._scope.report, self._line):
            self._add(picture)

    def _title(self, token: Token) -> str:
        return self._plain(str(token.attrs.get("title", "")), "a title")

    def _plain(self, text: str, place: str) -> str:
        """An attribute's text on one line: it cannot hold a slot."""
        scope = self._scope
        shown = scope.slots.refused(text, place, scope.report, self._line)
        return one_line(shown, scope.report, self._line)

    def _footnote(self, token: Token) -> None:
        number = self._scope.footnotes.number(token, self._line)
        if number is not None:
            self._add(FootnoteReference(number))
            return
        label = token.meta["label"]
        shown = self._scope.slots.reveal(label)
        message, mend = (
            f"footnote [^{shown}] is not defined",
            f"add a line [^{shown}]: … to the file",
        )
        self._scope.report.add("footnote-undefined", self._line, message, mend)
        self._text(Token("text_special", "", 0, content=f"[^{label}]"))

    def _open_style(self, token: Token) -> None:
        style: _Style = _STYLES[token.type]
        inside = any(element.style == style for element in self.stack)
        self.stack.append(_Open(style=None if inside else style))

    def _open_link(self, token: Token) -> None:
        url = address.target(str(token.attrs["href"]), self._scope, self._line)
        link = (url, self._title(token), self._line) if url else None
        self.stack.append(_Open(link=link))

    def _open_raw_link(self, token: Token) -> None:
        """`<a href="…">` is read as Markdown's own links are."""
        report, line = self._scope.report, self._line
        written = htmltags.attributes(cleaned_html(token.content, report, line))
        dropped.report_attributes(htmltags.Tag("a", written, 0), (), report, line)
        if "href" not in written:
            dropped.report_inline("<a>", report, line)
            self.stack.append(_Open())
            return
        href = markdown.address(rawhtml.address(written["href"]))
        attributes: dict[str, str | int | float] = {"href": href, "title": written.get("title", "")}
        self._open_link(Token("link_open", "a", 1, attrs=attributes))

    def _close(self, token: Token) -> None:
        element = self.stack.pop()
        children = tuple(element.children)
        if element.style:
            self._add(Styled(element.style, children))
        elif element.link:
            self._add(self._hyperlink(*element.link, children))
        else:
            for child in children:
                self._add(child)

    def _hyperlink(self, url: Url, title: str, line: int, children: Inlines) -> Hyperlink:
        if not url.parts:
            label = plain(children) or "label"
            message, mend = f"the link {label!r} has no target", f"write [{label}](https://…)"
            self._scope.report.add("link-empty", line, message, mend)
        if not children:
            message, mend = f"nobody can see this link to {url.text}", f"write [label]({url.text})"
            self._scope.report.add("link-label", line, message, mend)
        return Hyperlink(url, children, title, line)


_STYLES: Mapping[str, _Style] = {"em_open": "em", "strong_open": "strong", "s_open": "s"}
_READERS: Mapping[str, Callable[[_Reader, Token], None]] = {
    "text": _Reader._text,
    "text_special": _Reader._text,
    "code_inline": _Reader._code,
    mathematics.TYPE: _Reader._mathematics,
    "softbreak": _Reader._break,
    "hardbreak": _Reader._break,
    "html_inline": _Reader._html,
    "image": _Reader._picture,
    "footnote_ref": _Reader._footnote,
    "link_open": _Reader._open_link,
    "link_close": _Reader._close,
    rawlinks.OPENING: _Reader._open_raw_link,
    rawlinks.CLOSING: _Reader._close,
    **dict.fromkeys(_STYLES, _Reader._open_style),
    **dict.fromkeys(("em_close", "strong_close", "s_close"), _Reader._close),
}


def _alt(tokens: Sequence[Token]) -> str:
    """The text that stands for a picture: that of its label, without marks."""
    return "".join(
        " "
        if token.type in ("softbreak", "hardbreak")
        else _alt(token.children or ())
        if token.children
        else token.content
        for token in tokens
        if token.type != "html_inline"
    )
