"""`[keys]`: what links and fingerprints are made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from mailer.config.values import Table


class Keys(Table):
    """Link keys by number; `link` names the one that signs (see mailer/links.py). `pepper` makes
    the fingerprints of erased addresses; there is one, for ever."""

    pepper: str | None = Field(default=None, min_length=32)
    link: int = Field(ge=0, le=255)
    links: Mapping[Annotated[int, Field(ge=0, le=255)], Annotated[str, Field(min_length=32)]]
