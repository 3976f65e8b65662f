"""A theme: folders of `templates/email/` and of a publication, laid over one another, as a value.

The lowest layer is `_base`, what all themes share; then the theme's own folder; then what a
publication changes of it. `theme.toml` names colours (light and dark), fonts, widths in pixels and
strings by language: a later layer wins name by name. `style.css` is inlined, `kept.css` stays in
the head: a later layer's rules follow. `blocks.html.j2` holds macros: a later layer's macro wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.composer.html import stylesheet
from mailer.composer.html.layer import Layer
from mailer.composer.html.settings import FALLBACK, FILE, STRINGS, Settings, settings_of
from mailer.errors import MailerError, NotFound

BLOCKS = "blocks.html.j2"
TEMPLATES = ("issue.html.j2", "page.html.j2", BLOCKS)
SHEETS = ("style.css", "kept.css")
MACROS = (
    *("paragraph", "subheading", "figure", "inline_picture", "bullets", "numbered", "quotation"),
    *("callout", "code", "code_span", "formula", "table", "divider", "footnote_reference"),
    *("footnotes", "link", "video", "continued"),
)

Strings = Mapping[str, Mapping[str, str]]  # by language and name


@dataclass(frozen=True, slots=True)
class Theme:
    """`templates` go by `layer/file`. `css` is inlined into the elements, `kept` stays in the
    head of the message."""

    name: str
    templates: Mapping[str, str]
    css: str
    kept: str
    settings: Settings

    def template(self, file: str) -> str:
        """The name of the topmost template of that file name."""
        return self.stacked(file)[-1]

    def stacked(self, file: str) -> list[str]:
        """The names of the templates of that file name, the lowest first."""
        return [name for name in self.templates if name.endswith(f"/{file}")]

    def strings(self, lang: str, own: Strings | None = None) -> dict[str, str]:
        """The strings of a language (`de-AT`, else `de`), completed in English; a publication's
        `own` over those of the theme."""
        own = own or {}
        _require_known(own)
        found: dict[str, str] = {}
        for known in (FALLBACK, lang.partition("-")[0], lang):
            for shelf in (self.settings.strings, own):
                found |= shelf.get(known, {})
        return found

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


def _require_known(own: Strings) -> None:
    for lang, table in own.items():
        for name in sorted(table.keys() - STRINGS):
            raise NotFound(
                f"mailer.toml: look.strings.{lang}.{name}: no theme has such a string: "
                f"use one of {', '.join(sorted(STRINGS))}"
            )


def from_layers(name: str, *layers: Layer) -> Theme:
    """The theme, from its lowest layer to its topmost; raises MailerError for a fault."""
    for needed in (FILE, *SHEETS, *TEMPLATES):
        if not any(needed in layer.files for layer in layers):
            raise MailerError(f"{name}/{needed}: no such file: every theme needs it")
    templates = _templates(layers)
    macros = "".join(text for path, text in templates.items() if path.endswith(f"/{BLOCKS}"))
    for macro in MACROS:
        if not re.search(rf"\{{%-? macro {macro}\(", macros):
            raise MailerError(f"{name}/{BLOCKS}: no macro {macro}: every theme needs it")
    css, kept = ("\n".join(layer.files.get(file, "") for layer in layers) for file in SHEETS)
    theme = Theme(name, templates, css, kept, settings_of(layers))
    for layer in layers:
        _require_sound_sheets(theme, layer)
    return theme


def _templates(layers: tuple[Layer, ...]) -> dict[str, str]:
    return {
        f"{layer.name}/{file}": text
        for layer in layers
        for file, text in layer.files.items()
        if file.endswith(".j2")
    }


def _require_sound_sheets(theme: Theme, layer: Layer) -> None:
    stylesheet.require_inlinable(layer.files.get("style.css", ""), f"{layer.name}/style.css")
    stylesheet.require_keepable(layer.files.get("kept.css", ""), f"{layer.name}/kept.css")
    known = theme.constants().keys() | theme.settings.light.keys()
    for file in SHEETS:
        for unknown in sorted(stylesheet.variables(layer.files.get(file, "")) - known):
            raise MailerError(
                f"{layer.name}/{file}: var(--{unknown}): {FILE} names no such colour or font"
            )
