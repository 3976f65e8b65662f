"""Why a picture cannot be used."""

from __future__ import annotations


class PictureFault(Exception):
    """Its text ends a sentence that begins with the picture, and says how to mend it."""
