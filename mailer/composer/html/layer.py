"""A layer of a theme: one folder of files, laid over those below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """`name` is what messages and templates call it, `files` are the texts by file name."""

    name: str
    files: Mapping[str, str]
