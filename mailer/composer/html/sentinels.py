"""Slots on their way through Jinja and premailer: as ASCII words, and back.

A word holds a hash of the content that it travels with, so no content can hold it beforehand.
"""

from __future__ import annotations

import hashlib
import re

from mailer.errors import MailerError
from mailer.model.slot import Slot, SlotKind, Slotted

_HOST = "https://slot.invalid/"  # RFC 2606 §2: a name that is nobody's


class Sentinels:
    """The sentinels of one edition. `content` is the whole of what the editor wrote."""

    def __init__(self, content: object) -> None:
        self._key = "s" + hashlib.sha256(repr(content).encode(errors="replace")).hexdigest()[:16]
        self._slots: list[Slot] = []

    def mark(self, slot: Slot, kind: SlotKind) -> str:
        """The word to put where a slot of this kind stands."""
        return self._add("v", Slot(slot.name, slot.default, kind))

    def address(self, name: str) -> str:
        """The URL to put where one of the mailer's own slots is a whole address."""
        return _HOST + self._add("w", Slot(name, None, SlotKind.HTML))

    def _add(self, letter: str, slot: Slot) -> str:
        if slot not in self._slots:
            self._slots.append(slot)
        return f"{self._key}{letter}{self._slots.index(slot)}z"

    def split(self, text: str) -> Slotted:
        """The text cut at its sentinels; MailerError where a template damaged one."""
        pattern = rf"{re.escape(_HOST)}{self._key}w(\d+)z|{self._key}v(\d+)z"
        parts: list[str | Slot] = []
        end = 0
        for match in re.finditer(pattern, text):
            parts += [text[end : match.start()], self._slots[int(match[1] or match[2])]]
            end = match.end()
        parts.append(text[end:])
        trace = self._key[:9]  # what is left of one that a filter cut or capitalised
        if any(isinstance(part, str) and trace in part.lower() for part in parts):
            raise MailerError(
                "the theme changes a slot: its templates must print slots as they are"
            )
        return tuple(part for part in parts if part)
