"""Pictures that stay on the web: asked for once, for their size and whether mail can show them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from mailer import files
from mailer.errors import FetchError
from mailer.fetch import Fetcher
from mailer.intake.imaging.decoded import MAIL_KINDS, decode
from mailer.intake.imaging.fault import PictureFault
from mailer.model.edition import PictureSize

_FAULTY_FOR = dt.timedelta(minutes=5)
_SILENCE = 5.0  # seconds that a server of pictures may think: somebody waits for the preview


@dataclass(frozen=True, slots=True)
class RemotePictures:
    """`folder` keeps what was found by address, faults for some minutes, so that who writes on does
    not wait for a dead server at every save; delete it, and all are asked for again."""

    fetcher: Fetcher
    folder: Path
    now: Callable[[], dt.datetime]

    def size(self, url: str) -> PictureSize:
        """Raises PictureFault."""
        path = self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
        with suppress(OSError, ValueError, TypeError, KeyError):
            known = json.loads(path.read_text(encoding="utf-8"))
            if "fault" not in known:
                return PictureSize(int(known["width"]), int(known["height"]))
            if abs(self.now() - dt.datetime.fromisoformat(known["asked_at"])) < _FAULTY_FOR:
                raise PictureFault(str(known["fault"]), str(known["mend"]))
        try:
            size = self._measured(url)
        except PictureFault as error:
            fault, asked_at = error.fault, self.now().isoformat()
            _keep(path, url=url, fault=fault.message, mend=fault.mend, asked_at=asked_at)
            raise
        _keep(path, url=url, width=size.width, height=size.height)
        return size

    def _measured(self, url: str) -> PictureSize:
        try:
            decoded = decode(replace(self.fetcher, silence=_SILENCE).get(url).content)
        except FetchError as error:
            raise PictureFault(str(error), "mend the address, or save it into images/") from error
        if decoded.kind not in MAIL_KINDS:
            message = f"is {decoded.kind}, which mail clients do not all show"
            raise PictureFault(message, "save it into images/")
        return PictureSize(*decoded.image.size)


def _keep(path: Path, **found: str | int) -> None:
    with suppress(OSError):
        files.write_atomically(path, json.dumps(found))
