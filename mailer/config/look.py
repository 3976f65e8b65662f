"""`[look]`: what a publication changes of its theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from mailer.config.values import Table, Text, shaped


def _file_name(text: str) -> str:
    if "://" in text:
        raise ValueError(f"is on the web: {text!r}: save it into images/ and name that file")
    return text


Colour = Annotated[str, shaped("#[0-9a-fA-F]{6}", "is no colour such as #1a6fb0")]


class Look(Table):
    """Names as in the theme's `theme.toml`."""

    light: Mapping[str, Colour] = {}
    dark: Mapping[str, Colour] = {}
    strings: Mapping[str, Mapping[str, Text]] = {}  # by language
    tagline: Text = ""
    logo: Annotated[str, AfterValidator(_file_name)] = ""  # relative to the publication
    logo_alt: Text = ""  # default: the publication's name
    logo_width: int | None = Field(default=None, ge=1, le=600)  # CSS pixels
    sign_up: bool = False  # whether the foot says when and where its reader signed up
