"""Issue × theme → Edition, once. Pure: the same input gives the same bytes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from traceback import walk_tb
from types import SimpleNamespace
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from mailer.composer import why
from mailer.composer.abridged import abridged
from mailer.composer.frame import Frame
from mailer.composer.html import inliner, stylesheet
from mailer.composer.html.pictures import Pictures
from mailer.composer.html.renderer import Renderer, SlotWriter
from mailer.composer.html.sentinels import Sentinels
from mailer.composer.html.theme import BLOCKS, Palette, Theme
from mailer.composer.html.views import direction, issue_view, summary
from mailer.composer.html.words import default_of, phrase, printable
from mailer.composer.public import public
from mailer.composer.text.writer import TextFrame, write_text
from mailer.errors import MailerError
from mailer.model.edition import Edition
from mailer.model.issue import Issue
from mailer.model.slot import PREFERENCES_URL, UNSUBSCRIBE_URL, Slotted

__all__ = ["Frame", "compose"]

_MACRO = re.compile(r"macro '(\w+)'")


def compose(issue: Issue, theme: Theme, frame: Frame) -> Edition:
    """Raises MailerError for a fault of the theme or of the publication's look."""
    strings = theme.strings(issue.lang, frame.strings)
    sentence = strings["since" if frame.tells_sign_up else "why"]
    strings["why"] = sentence.replace("{publication}", frame.publication)
    palette = theme.repainted(frame.light, frame.dark)
    composition = _Composition(issue, theme, frame, strings, palette)
    try:
        html, carried = composition.message()
        page, cited = composition.page()
    except (TemplateError, TypeError) as error:  # the second: a macro that takes fewer arguments
        raise MailerError(
            f"theme {theme.name}: {_fault(error, theme)}: mend the template"
        ) from error
    return Edition(
        issue_id=issue.id,
        title=issue.title,
        number=issue.number,
        date=issue.date,
        lang=issue.lang,
        theme=theme.name,
        sender=frame.sender,
        reply_to=frame.reply_to,
        subject=issue.subject,
        html=html,
        text=composition.text(),
        page=page,
        pictures=tuple(dict.fromkeys((*carried, *cited))),
    )


def _fault(error: TemplateError | TypeError, theme: Theme) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name}:{error.lineno}: {str(error.message).rstrip('.')}"
    if isinstance(error, TemplateNotFound):
        return f"{_place(error, theme)}there is no template {error.name}"
    return f"{_place(error, theme)}{error}"


def _place(error: Exception, theme: Theme) -> str:
    """`file:line: ` of the template's line that was at work; empty where none was."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        file, template = frame.f_code.co_filename, frame.f_globals.get("__jinja_template__")
        if file in theme.templates:
            where = line if template is None else template.get_corresponding_lineno(line)
            place = f"{file}:{where}: "
    return place or _macro_place(str(error), theme)


def _macro_place(said: str, theme: Theme) -> str:
    """Where the macro stands that takes other arguments than it is given: no line of it was at
    work."""
    named = _MACRO.match(said)
    begins = f" macro {named[1]}(" if named else "\0"
    places = (
        f"{file}:{len(source.partition(begins)[0].splitlines())}: "
        for file, source in reversed(list(theme.templates.items()))
        if begins in source
    )
    return next(places, "")


@dataclass(frozen=True, slots=True)
class _Composition:
    """One issue in one theme, with everything that its templates may ask for."""

    issue: Issue
    theme: Theme
    frame: Frame
    strings: Mapping[str, str]
    palette: Palette

    def message(self) -> tuple[Slotted, tuple[str, ...]]:
        """The HTML part and the names of its pictures."""
        frame = self.frame
        written = (self.issue, self.strings, frame.publication, frame.tagline, frame.address)
        sentinels = Sentinels(written)
        renderer = self._renderer(sentinels.mark, frame, self._web_url)
        filled = {name: renderer.slot(slot) for name, slot in why.SLOTS.items()}
        html = self._render(
            "issue.html.j2",
            abridged(self.issue),
            renderer,
            styles=self._message_styles(),
            why=phrase(self.strings["why"], **filled),
            unsubscribe_url=sentinels.address(UNSUBSCRIBE_URL),
            preferences_url=sentinels.address(PREFERENCES_URL),
        )
        return sentinels.split(inliner.inline(html)), tuple(renderer.pictures.cited)

    def page(self) -> tuple[str, tuple[str, ...]]:
        """The public page: slots show their defaults, and no link is anybody's own."""
        on_the_web = dataclasses.replace(self.frame, carried=False)
        renderer = self._renderer(default_of, on_the_web)
        styles = self._page_styles()
        html = self._render("page.html.j2", public(self.issue), renderer, styles=styles)
        return html, tuple(renderer.pictures.cited)

    def text(self) -> Slotted:
        """The plain-text part, from the same tree."""
        around = TextFrame(
            publication=self.frame.publication,
            address=self.frame.address,
            date_line=summary(self.issue, self.strings),
            web_url=self._web_url,
            strings=self.strings,
            personal=self.frame.personal,
            is_mirrored=direction(self.issue.lang) == "rtl",
        )
        return write_text(abridged(self.issue), around)

    @property
    def _web_url(self) -> str:
        return self.frame.web_url(self.issue.id, self.issue.lang)

    def _renderer(self, slot: SlotWriter, frame: Frame, here: str = "") -> Renderer:
        pictures = Pictures(frame, self.theme.settings.widths["picture"])
        return Renderer(self._blocks(pictures, here), slot, pictures, self.strings, here)

    def _blocks(self, pictures: Pictures, here: str) -> SimpleNamespace:
        """The macros of every layer, those of a later one in place of those before it."""
        blocks = SimpleNamespace()
        context = self._context(blocks, pictures, here)
        for name in self.theme.stacked(BLOCKS):
            module = self._environment().get_template(name).make_module(context)
            vars(blocks).update({k: v for k, v in vars(module).items() if k[0] != "_"})
        return blocks

    def _context(self, blocks: SimpleNamespace, pictures: Pictures, here: str) -> dict[str, Any]:
        """What templates and macros may ask for."""
        mirrored = direction(self.issue.lang) == "rtl"
        return {
            "blocks": blocks,
            "summary": summary(self.issue, self.strings),
            "frame": self.frame,
            "logo": pictures.logo(self.theme.settings.widths["logo"]),
            "strings": self.strings,
            "colours": self.palette.light,
            "widths": self.theme.settings.widths,
            "web_url": self._web_url,
            "here": here,
            "isolate": Markup(' dir="auto"') if mirrored else "",
            "upright": Markup(' dir="ltr"') if mirrored else "",
        }

    def _render(self, file: str, issue: Issue, renderer: Renderer, **more: Any) -> str:
        more["issue"] = issue_view(issue, renderer)
        more["first_picture"] = renderer.pictures.first
        template = self._environment().get_template(self.theme.template(file))
        context = self._context(renderer.macros, renderer.pictures, renderer.here)
        return printable(template.render(context | more))

    def _environment(self) -> SandboxedEnvironment:
        return _environment(tuple(sorted(self.theme.templates.items())))

    def _message_styles(self) -> dict[str, Markup]:
        """What is inlined, what stays, and the dark copy that Outlook.com wants."""
        sheets = self._sheets()
        light, dark = self.palette.light, self.palette.dark
        night = stylesheet.repainted("".join(sheets), dark)
        kept = stylesheet.filled(stylesheet.minified(sheets[1]), light)
        return {
            "inlined": _css(stylesheet.filled(sheets[0], light)),
            "kept": _css(f"{kept}@media (prefers-color-scheme:dark){{{night}}}"),
            "outlook": _css(stylesheet.repainted("".join(sheets), dark, stylesheet.OUTLOOK)),
        }

    def _page_styles(self) -> Markup:
        """Both sheets with their colours as variables, which dark mode declares anew."""
        light, dark = (stylesheet.declared(c) for c in (self.palette.light, self.palette.dark))
        sheet = stylesheet.minified("".join(self._sheets()))
        return _css(f"{light}@media (prefers-color-scheme:dark){{{dark}}}{sheet}")

    def _sheets(self) -> tuple[str, str]:
        """Inlined and kept, with left for right in an issue that is written from right to left."""
        constants = self.theme.constants()
        css, kept = (stylesheet.filled(s, constants) for s in (self.theme.css, self.theme.kept))
        if direction(self.issue.lang) == "rtl":
            return stylesheet.mirrored(css), stylesheet.mirrored(kept)
        return css, kept


def _css(sheet: str) -> Markup:
    return Markup(sheet)  # noqa: S704 - the theme's own, with colours that are checked


@lru_cache(maxsize=8)
def _environment(templates: tuple[tuple[str, str], ...]) -> SandboxedEnvironment:
    """Templates from the theme alone, escaping on, an unknown name an error. Kept, since parsing
    the templates takes longer than rendering them. A template's name stands for its file."""
    found = {name: (text, name, None) for name, text in templates}
    return SandboxedEnvironment(
        loader=FunctionLoader(found.get),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
