"""The templates of `templates/pages/` as HTML pages, with the one style sheet that each carries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from mailer import files
from mailer.composer.html import stylesheet
from mailer.composer.html.theme import Palette
from mailer.model.counted import number
from mailer.premises import theme_of
from mailer.web.words import FALLBACK, Words, words_of

STYLE = "style.css"
_JOINER = "\u2060"  # no line ends here (Unicode standard annex 14)
_FAMILY = "digest"  # the theme whose colours the pages share


class Pages:
    """`everywhere` are the values that every page may ask for."""

    def __init__(
        self, palette: Palette, everywhere: Mapping[str, Any], sheets: tuple[str, ...] = (STYLE,)
    ) -> None:
        sources = files.read_texts(files.templates_dir() / "pages")
        self._palette, self._everywhere = palette, everywhere
        self._style = _style("".join(sources[name] for name in sheets), palette)
        self._environment = Environment(
            loader=DictLoader(sources),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        ours = {"style": _trusted(self._style), "link": link, "counted": number}
        self._environment.globals.update(everywhere, **ours)

    def with_sheets(self, sheets: tuple[str, ...], more: Mapping[str, Any]) -> Pages:
        """The same pages in other style sheets, with more values that every one may ask for."""
        return Pages(self._palette, {**self._everywhere, **more}, sheets)

    @property
    def contact(self) -> Markup:
        """Who answers questions, for a place in a sentence."""
        return link(self.contact_url, self._everywhere["contact"])

    @property
    def contact_url(self) -> str:
        return str(self._everywhere["contact_url"])

    @property
    def style_source(self) -> str:
        """The style sheet as a source of CSP's style-src: its hash, so that no other runs."""
        digest = hashlib.sha256(self._style.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def respond(
        self,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        words: Words | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page `name` (without its suffix) in the language of `words`, English by default;
        every value is escaped where it stands, and half a character, which a file's name may hold,
        is a question mark."""
        page = self.render(name, words, **values).encode(errors="replace")
        return HTMLResponse(page, status, headers)

    def plain(
        self, words: Words, heading: str, *lines: str, status: int = 200, button: str = ""
    ) -> HTMLResponse:
        """A page that says something, with a button where there is something to do about it."""
        return self.respond(
            "plain", status, words=words, heading=heading, lines=lines, button=button
        )

    def render(self, name: str, words: Words | None = None, **values: Any) -> str:
        """The page, or a piece of one, as HTML."""
        spoken = words or words_of(FALLBACK)
        says = {"lang": spoken.lang, "dir": spoken.dir, "say": spoken.say}
        return self._environment.get_template(f"{name}.html.j2").render({**says, **values})


def link(url: str, text: str) -> Markup:
    """For a place in a sentence."""
    return Markup('<a href="{}">{}</a>').format(url, text)


def whole(address: str) -> Markup:
    """An address for a place in a sentence: in its own direction, and not broken where a mask left
    something out."""
    return Markup('<bdi class="address">{}</bdi>').format(address.replace("…", f"…{_JOINER}"))


@cache
def family_palette() -> Palette:
    """The colours of the theme that ships with us, for what a publication does not repaint."""
    return theme_of(_FAMILY).repainted({}, {})


def repainted(own: Palette) -> Palette:
    """The family's colours with those of a publication's theme and look over them."""
    family = family_palette()
    return Palette({**family.light, **own.light}, {**family.dark, **own.dark})


def _style(css: str, palette: Palette) -> str:
    light, dark = (stylesheet.declared(colours) for colours in (palette.light, palette.dark))
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}{stylesheet.minified(css)}"


def _trusted(css: str) -> Markup:
    return Markup(css)  # noqa: S704 - our own sheet, with colours that are checked
