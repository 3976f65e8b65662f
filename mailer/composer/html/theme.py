"""A theme: the folder `templates/email/<name>/` as a value.

`theme.toml` names its colours (light and dark), fonts, widths in pixels and strings by language;
`style.css` is inlined, `kept.css` stays in the head, the `*.j2` files are Jinja templates.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailer.composer.html import stylesheet
from mailer.errors import MailerError, NotFound

TEMPLATES = ("issue.html.j2", "page.html.j2", "blocks.html.j2")
MACROS = (
    *("paragraph", "subheading", "figure", "inline_picture", "bullets", "numbered", "quotation"),
    *("code", "table", "divider", "footnote_reference", "footnotes", "link"),
)
WIDTHS = frozenset({"sheet", "picture"})
STRINGS = frozenset(
    {
        *("number", "contents", "availability", "separator", "item_link", "picture", "table"),
        *("notes", "back", "why", "unsubscribe", "preferences", "web", "forwarded", "subscribe"),
    }
)
_FALLBACK = "en"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONT = re.compile(r"[A-Za-z0-9 ,-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `theme.toml` says. Widths are in CSS pixels."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    fonts: Mapping[str, str]
    widths: Mapping[str, int]
    strings: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Theme:
    """`css` is inlined into the elements, `kept` stays in the head of the message."""

    name: str
    templates: Mapping[str, str]
    css: str
    kept: str
    settings: Settings

    def strings(self, lang: str) -> dict[str, str]:
        """The strings of a language (`de-AT`, else `de`), completed in English."""
        known = self.settings.strings
        return {
            **known[_FALLBACK],
            **known.get(lang.partition("-")[0], {}),
            **known.get(lang, {}),
        }

    def constants(self) -> dict[str, str]:
        """The variables of the style sheets that are no colours."""
        fonts = {f"font-{name}": value for name, value in self.settings.fonts.items()}
        return fonts | {f"width-{name}": f"{px}px" for name, px in self.settings.widths.items()}

    def repainted(self, light: Mapping[str, str], dark: Mapping[str, str]) -> Palette:
        """The theme's colours with a publication's own over them."""
        for mode, own in (("light", light), ("dark", dark)):
            for name in own.keys() - self.settings.light.keys():
                raise NotFound(
                    f"mailer.toml: look.{mode}.{name}: the theme {self.name} has no such colour: "
                    f"use one of {', '.join(self.settings.light)}"
                )
        return Palette({**self.settings.light, **light}, {**self.settings.dark, **dark})


@dataclass(frozen=True, slots=True)
class Palette:
    light: Mapping[str, str]
    dark: Mapping[str, str]


def from_sources(name: str, files: Mapping[str, str]) -> Theme:
    """The theme from the texts of its files, by file name; raises MailerError for a fault."""
    for needed in ("theme.toml", "style.css", "kept.css", *TEMPLATES):
        if needed not in files:
            raise MailerError(f"{name}/{needed}: no such file: every theme needs it")
    for macro in MACROS:
        if not re.search(rf"\{{%-? macro {macro}\(", files["blocks.html.j2"]):
            raise MailerError(f"{name}/blocks.html.j2: no macro {macro}: every theme needs it")
    settings = _settings(files["theme.toml"], f"{name}/theme.toml")
    stylesheet.require_inlinable(files["style.css"], f"{name}/style.css")
    stylesheet.require_keepable(files["kept.css"], f"{name}/kept.css")
    templates = {file: text for file, text in files.items() if file.endswith(".j2")}
    theme = Theme(name, templates, files["style.css"], files["kept.css"], settings)
    for file in ("style.css", "kept.css"):
        _require_known_variables(theme, f"{name}/{file}", files[file])
    return theme


def _require_known_variables(theme: Theme, file: str, css: str) -> None:
    known = theme.constants().keys() | theme.settings.light.keys()
    for unknown in sorted(stylesheet.variables(css) - known):
        raise MailerError(f"{file}: var(--{unknown}): theme.toml names no such colour or font")


def _settings(source: str, file: str) -> Settings:
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise MailerError(f"{file}: not valid TOML: {error}") from error
    tables = {key: _table(document, key, file) for key in Settings.__slots__}
    for key in document.keys() - tables.keys():
        raise MailerError(f"{file}: {key}: unknown table: use {', '.join(tables)}")
    _require_colours(tables["light"], tables["dark"], file)
    _require_fonts(tables["fonts"], file)
    _require_widths(tables["widths"], file)
    _require_strings(tables["strings"], file)
    return Settings(**tables)


def _table(document: Mapping[str, Any], key: str, file: str) -> dict[str, Any]:
    table = document.get(key)
    if not isinstance(table, dict):
        raise MailerError(f"{file}: [{key}] is missing")
    return table


def _require_colours(light: Mapping[str, Any], dark: Mapping[str, Any], file: str) -> None:
    for key in sorted(light.keys() ^ dark.keys()):
        mode = "dark" if key in light else "light"
        raise MailerError(f"{file}: {mode}.{key} is missing: name every colour light and dark")
    for mode, colours in (("light", light), ("dark", dark)):
        for key, value in colours.items():
            if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
                raise MailerError(f"{file}: {mode}.{key}: write a colour as #rrggbb")


def _require_fonts(fonts: Mapping[str, Any], file: str) -> None:
    for key, value in fonts.items():
        if not (isinstance(value, str) and _FONT.fullmatch(value)):
            raise MailerError(f"{file}: fonts.{key}: write font names, without quotes, and commas")


def _require_widths(widths: Mapping[str, Any], file: str) -> None:
    for key in sorted(WIDTHS ^ widths.keys()):
        fault = "unknown width" if key in widths else "is missing"
        raise MailerError(f"{file}: widths.{key}: {fault}")
    for key, value in widths.items():
        if type(value) is not int or not 1 <= value <= 600:
            raise MailerError(f"{file}: widths.{key}: write a number of pixels, 1 to 600")


def _require_strings(strings: Mapping[str, Any], file: str) -> None:
    for lang, table in {_FALLBACK: None, **strings}.items():
        if not isinstance(table, dict):
            raise MailerError(f"{file}: [strings.{lang}] is missing")
        for key in sorted(table.keys() - STRINGS):
            raise MailerError(f"{file}: strings.{lang}.{key}: unknown string")
        for key, value in table.items():
            if not isinstance(value, str):
                raise MailerError(f"{file}: strings.{lang}.{key}: write a text")
    for key in sorted(STRINGS - strings[_FALLBACK].keys()):
        raise MailerError(f"{file}: strings.{_FALLBACK}.{key} is missing")
