"""Why a picture cannot be used."""

from __future__ import annotations

from mailer.model.finding import Fault


class PictureFault(Exception):
    """`message` ends a sentence that begins with the picture; `mend` says how to mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(f"{message}: {mend}")
        self.fault = Fault(message, mend)
