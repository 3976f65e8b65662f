"""[style]: how the house writes. Nothing is looked at that it does not set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from mailer.config.values import Table, one_line

Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]


class Style(Table):
    """`glossary` says how something is written, and what is written for it by mistake; `banned` are
    words that the house does not use; `typography`: quotation marks and dashes of the language."""

    glossary: Mapping[Words, tuple[Words, ...]] = {}
    banned: tuple[Words, ...] = ()
    typography: bool = False
