"""Pictures that stay on the web: asked for once, for their size and whether mail can show them."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailer import files
from mailer.errors import FetchError
from mailer.fetch import Fetcher
from mailer.intake.imaging.decoded import MAIL_KINDS, decode
from mailer.intake.imaging.fault import PictureFault
from mailer.model.edition import PictureSize


@dataclass(frozen=True, slots=True)
class RemotePictures:
    """`folder` keeps the sizes by address; delete it, and all are asked for again."""

    fetcher: Fetcher
    folder: Path

    def size(self, url: str) -> PictureSize:
        """Raises PictureFault."""
        path = self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
        with suppress(OSError, ValueError, TypeError, KeyError):
            known = json.loads(path.read_text(encoding="utf-8"))
            return PictureSize(int(known["width"]), int(known["height"]))
        size = self._measured(url)
        with suppress(OSError):
            known = {"url": url, "width": size.width, "height": size.height}
            files.write_atomically(path, json.dumps(known))
        return size

    def _measured(self, url: str) -> PictureSize:
        try:
            decoded = decode(self.fetcher.get(url).content)
        except FetchError as error:
            raise PictureFault(str(error), "mend the address, or save it into images/") from error
        if decoded.kind not in MAIL_KINDS:
            message = f"is {decoded.kind}, which mail clients do not all show"
            raise PictureFault(message, "save it into images/")
        return PictureSize(*decoded.image.size)
