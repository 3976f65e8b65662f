"""The stencils of an edition, one for each variant, compiled when a reader first needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailer.message.stencil import ListHeader, Stencil, compile_stencil
from mailer.model.edition import Edition, PictureFile


@dataclass(frozen=True, slots=True)
class Variants:
    """`files` holds every picture that some of them carry."""

    edition: Edition
    header: ListHeader
    files: Sequence[PictureFile]
    _compiled: dict[int, Stencil] = field(default_factory=dict)

    def stencil(self, number: int) -> Stencil:
        """Of the variant that has this number, see `Edition.variant`."""
        found = self._compiled.get(number)
        if found is None:
            found = compile_stencil(self.edition.variant(number), self.header, self.files)
            self._compiled[number] = found
        return found
