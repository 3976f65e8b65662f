"""Pictures: whether they are there, what they weigh, what they say to who cannot see them."""

from __future__ import annotations

import re

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.model.content import Picture
from mailer.model.finding import Fault
from mailer.model.issue import Issue

_UNKNOWN = Fault("is not there", "put it beside the issue or into the publication's folder")
_HEAVY = 300_000  # bytes of one
_HEAVY_TOGETHER = 1_000_000
_LONGEST_ALT = 150  # characters; a screen reader says it in one breath
_WRITE_ALT = "write ![what it shows](…)"
# In the seven languages of the themes, alone or with a number.
_WORDS = """
    image img dsc picture pic photo figure fig graphic illustration screenshot drawing diagram
    bild foto abbildung abb grafik zeichnung screenshot diagramm
    photo figure illustration dessin capture schéma imagen foto figura gráfico ilustración captura
    изображение картинка фото рисунок рис иллюстрация скриншот снимок
    صورة الصورة شكل رسم لقطة 图 图片 图像 照片 截图 圖片 插图
"""
_SAYS_NOTHING = re.compile(rf"(?:{'|'.join(_WORDS.split())})[\s.:#_-]*\d*[\s.:]*", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|avif|svg|heic|tiff?|bmp)", re.IGNORECASE)


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    for picture in inlines_of(issue):
        if isinstance(picture, Picture):
            _check_file(picture, context, report)
            _check_encryption(picture, report)
            _check_width(picture, context, report)
            _check_alt(picture, report)
    _check_together(context, report)


def _check_file(picture: Picture, context: CheckContext, report: Report) -> None:
    fault = context.missing.get(picture.source)
    file = context.pictures.get(picture.source)
    if not (fault or picture.is_remote or file):
        fault = _UNKNOWN
    if fault:
        message = f"{picture.source}: {fault.message}"
        report.add("picture-missing", picture.line, message, fault.mend)
    elif file and len(file.content) > _HEAVY:
        message = f"{picture.source}: has {len(file.content):,} bytes as readers get it"
        mend = f"crop it, or save a photograph as JPEG, to get below {_HEAVY:,}"
        report.add("picture-heavy", picture.line, message, mend)


def _check_encryption(picture: Picture, report: Report) -> None:
    if picture.source.lower().startswith("http://"):
        message = f"{picture.source}: is not encrypted, so that many clients and our page hide it"
        mend = "write https:// if the site has it, or save it into images/"
        report.add("picture-http", picture.line, message, mend)


def _check_width(picture: Picture, context: CheckContext, report: Report) -> None:
    source = picture.source
    size = context.pictures.get(source) or context.remote.get(source)
    column = context.theme.settings.widths["picture"]
    asked = picture.width.within(column) if picture.width else 0
    if size and asked > size.width:
        message = f"{source}: is to stand {asked} pixels wide, and has only {size.width}"
        mend = f"save it {2 * asked} pixels wide, or ask for less"
        report.add("picture-enlarged", picture.line, message, mend)


def _check_alt(picture: Picture, report: Report) -> None:
    alt, source, line = picture.alt, picture.source, picture.line
    if not alt:
        report.add("picture-alt", line, f"{source}: no text for who cannot see it", _WRITE_ALT)
    elif _SAYS_NOTHING.fullmatch(alt) or _is_file_name(alt, source):
        message = f"{source}: {alt!r} says nothing to who cannot see it"
        report.add("picture-alt-empty", line, message, _WRITE_ALT)
    elif len(alt) > _LONGEST_ALT:
        message = f"{source}: its text has {len(alt)} characters"
        mend = f"say it in {_LONGEST_ALT}, and the rest in the paragraph"
        report.add("picture-alt-long", line, message, mend)


def _is_file_name(alt: str, source: str) -> bool:
    """With its suffix, or a name without it that no language has: `IMG_2041`, `fig-3`."""
    stem = source.rpartition("/")[2].rpartition(".")[0]
    return bool(_FILE_NAME.fullmatch(alt) or (alt == stem and re.search(r"[\d_-]", stem)))


def _check_together(context: CheckContext, report: Report) -> None:
    files = {picture.name: len(picture.content) for picture in context.pictures.values()}
    together = sum(files.values())
    if together > _HEAVY_TOGETHER:
        message = f"the pictures have {together:,} bytes together"
        mend = f"leave some out, or make the largest smaller, to get below {_HEAVY_TOGETHER:,}"
        report.add("pictures-heavy", 0, message, mend)
