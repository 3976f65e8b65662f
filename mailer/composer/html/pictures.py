"""Pictures as a theme's macros show them: where each is found, and how large it stands."""

from __future__ import annotations

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


def view_of(
    picture: Picture, size: PictureFile | PictureSize, src: str, href: Markup | str, column: int
) -> PictureView:
    """A picture of known size in a column of so many CSS pixels."""
    width = _width(picture, size.width, column)
    height = max(1, round(size.height * width / size.width))
    return PictureView(src, picture.alt, picture.title, width, height, href, width < column)


def _width(picture: Picture, pixels: int, column: int) -> int:
    """What is asked for, never more than the pixels there are; else a picture that fits the column
    stands pixel by pixel, and a larger one has two for each of the screen's."""
    if picture.width:
        return min(picture.width.within(column), pixels)
    return pixels if pixels <= column else min(column, pixels // 2)


class Pictures:
    """The pictures of one issue.

    `cited` collects the names and URLs of those that were looked at, in that order.
    """

    def __init__(self, frame: Frame, column: int) -> None:
        self._frame = frame
        self._column = column
        self.cited: dict[str, str] = {}

    def view(self, picture: Picture, href: Markup | str = "") -> PictureView:
        file = self._frame.pictures.get(picture.source)
        if file is None:
            return self._remote(picture, href)
        return view_of(picture, file, self._cite(file), href, self._column)

    def logo(self, column: int) -> PictureView | None:
        """The publication's, in a place of that width."""
        logo = self._frame.logo
        return view_of(logo.picture, logo.file, self._cite(logo.file), "", column) if logo else None

    @property
    def first(self) -> str:
        """The URL of the first one that is not the logo; empty where there is none."""
        logo = self._frame.logo.file.name if self._frame.logo else ""
        return next((url for name, url in self.cited.items() if name != logo), "")

    def _cite(self, file: PictureFile) -> str:
        return self.cited.setdefault(file.name, self._frame.url_of(file))

    def _remote(self, picture: Picture, href: Markup | str) -> PictureView:
        """Where it is, or nowhere; without a size only where nobody asked for it."""
        source = picture.source if picture.is_remote else ""
        size = self._frame.remote.get(picture.source)
        if size is None:
            return PictureView(source, picture.alt, picture.title, None, None, href)
        return view_of(picture, size, source, href, self._column)
