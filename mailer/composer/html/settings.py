"""The `theme.toml` of every layer of a theme → its colours, fonts, widths and strings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailer.composer.html.layer import Layer
from mailer.errors import MailerError
from mailer.model.toml import where_and_why

FILE = "theme.toml"
FALLBACK = "en"
WIDTHS = frozenset({"sheet", "picture", "logo"})
STRINGS = frozenset(
    {
        *("number", "contents", "availability", "separator", "colon", "item_link", "picture"),
        *("table", "notes", "back", "why", "since", "unsubscribe", "preferences", "web"),
        *("forwarded", "subscribe", "all_issues", "correction", "note", "tip", "important"),
        *("warning", "caution", "video", "watch", "continued", "earlier", "newest"),
    }
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONT = re.compile(r"[A-Za-z0-9 ,-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the layers say together. Widths are in CSS pixels, strings by language and name."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    fonts: Mapping[str, str]
    widths: Mapping[str, int]
    strings: Mapping[str, Mapping[str, str]]


def settings_of(layers: tuple[Layer, ...]) -> Settings:
    """What a later layer says wins, name by name; raises MailerError for a fault."""
    tables: dict[str, dict[str, Any]] = {key: {} for key in Settings.__slots__}
    for layer in layers:
        if FILE in layer.files:
            _lay(tables, _document(layer.files[FILE], f"{layer.name}/{FILE}"))
    _require_whole(tables, f"{layers[-1].name}/{FILE}")
    return Settings(**tables)


def _lay(tables: dict[str, dict[str, Any]], document: Mapping[str, Mapping[str, Any]]) -> None:
    for key, table in document.items():
        for name, value in table.items():
            below = tables[key].get(name)
            tables[key][name] = {**below, **value} if isinstance(below, dict) else value


def _document(source: str, file: str) -> Mapping[str, Mapping[str, Any]]:
    """The tables of one file, each of their values checked."""
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise MailerError(f"{file}{where_and_why(error)}") from error
    for key, table in document.items():
        if key not in _CHECKS or not isinstance(table, dict):
            raise MailerError(f"{file}: {key}: unknown table: use {', '.join(_CHECKS)}")
        _CHECKS[key](table, f"{file}: {key}")
    return document


def _require_colours(colours: Mapping[str, Any], where: str) -> None:
    for key, value in colours.items():
        if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
            raise MailerError(f"{where}.{key}: write a colour as #rrggbb")


def _require_fonts(fonts: Mapping[str, Any], where: str) -> None:
    for key, value in fonts.items():
        if not (isinstance(value, str) and _FONT.fullmatch(value)):
            raise MailerError(f"{where}.{key}: write font names, without quotes, and commas")


def _require_widths(widths: Mapping[str, Any], where: str) -> None:
    for key, value in widths.items():
        if key not in WIDTHS:
            raise MailerError(f"{where}.{key}: unknown width")
        if type(value) is not int or not 1 <= value <= 600:
            raise MailerError(f"{where}.{key}: write a number of pixels, 1 to 600")


def _require_strings(strings: Mapping[str, Any], where: str) -> None:
    for lang, table in strings.items():
        if not isinstance(table, dict):
            raise MailerError(f"{where}.{lang}: write strings below their language: [strings.en]")
        for key, value in table.items():
            if key not in STRINGS:
                raise MailerError(f"{where}.{lang}.{key}: unknown string")
            if not isinstance(value, str):
                raise MailerError(f"{where}.{lang}.{key}: write a text")


_CHECKS = {
    "light": _require_colours,
    "dark": _require_colours,
    "fonts": _require_fonts,
    "widths": _require_widths,
    "strings": _require_strings,
}


def _require_whole(tables: Mapping[str, Mapping[str, Any]], file: str) -> None:
    light, dark = tables["light"], tables["dark"]
    for key in sorted(light.keys() ^ dark.keys()):
        mode = "dark" if key in light else "light"
        raise MailerError(f"{file}: {mode}.{key} is missing: name every colour light and dark")
    for key in sorted(WIDTHS - tables["widths"].keys()):
        raise MailerError(f"{file}: widths.{key} is missing")
    for key in sorted(STRINGS - tables["strings"].get(FALLBACK, {}).keys()):
        raise MailerError(f"{file}: strings.{FALLBACK}.{key} is missing")
