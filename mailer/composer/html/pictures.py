"""Pictures as a theme's macros show them: where each is found, and how large it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from mailer.composer.frame import Frame
from mailer.model.content import Picture
from mailer.model.edition import PictureFile, PictureSize


@dataclass(frozen=True, slots=True)
class PictureView:
    """`width` and `height` are CSS pixels, None where unknown; `src` is empty where there is no
    such picture, `href` where it is no link. A `narrow` picture does not fill the column."""

    src: str
    alt: str
    title: str
    width: int | None
    height: int | None
    href: Markup | str
    narrow: bool = False


class Pictures:
    """The pictures of one issue in a column of so many CSS pixels.

    `cited` collects the names and URLs of those that were looked at, in reading order.
    """

    def __init__(self, frame: Frame, column: int) -> None:
        self._frame = frame
        self._column = column
        self.cited: dict[str, str] = {}

    def view(self, picture: Picture, href: Markup | str = "") -> PictureView:
        file = self._frame.pictures.get(picture.source)
        if file is None:
            return self._remote(picture, href)
        source = self.cited[file.name] = self._frame.url_of(file)
        return self._sized(picture, source, file, href)

    def _remote(self, picture: Picture, href: Markup | str) -> PictureView:
        """Where it is, or nowhere; without a size only where nobody asked for it."""
        source = picture.source if re.match("https?://", picture.source) else ""
        size = self._frame.remote.get(picture.source)
        if size is None:
            return PictureView(source, picture.alt, picture.title, None, None, href)
        return self._sized(picture, source, size, href)

    def _sized(
        self, picture: Picture, source: str, size: PictureFile | PictureSize, href: Markup | str
    ) -> PictureView:
        width = self._width(picture, size.width)
        height = max(1, round(size.height * width / size.width))
        narrow = width < self._column
        return PictureView(source, picture.alt, picture.title, width, height, href, narrow)

    def _width(self, picture: Picture, pixels: int) -> int:
        """What is asked for, never more than the pixels there are; else a picture that fits the
        column stands pixel by pixel, and a larger one has two for each of the screen's."""
        if picture.width:
            return min(picture.width.within(self._column), pixels)
        return pixels if pixels <= self._column else min(self._column, pixels // 2)
