"""The width that an editor gives a picture: `![…](…){width=320}`."""

from __future__ import annotations

import re

from mailer.composer.report import Report
from mailer.model.content import Width

_WIDTH = re.compile(r"\s*width\s*=\s*[\"']?(?P<number>[1-9]\d{0,3})(?P<unit>px|%)?[\"']?\s*")
_MEND = "write {width=320}, in pixels, or {width=50%} of the column"


def read(braces: str, report: Report, line: int) -> Width | None:
    """The width in the braces behind a picture; None, with a finding, where they say another
    thing."""
    found = _WIDTH.fullmatch(braces)
    is_share = bool(found and found["unit"] == "%")
    if found and not (is_share and int(found["number"]) > 100):
        return Width(int(found["number"]), "%" if is_share else "px")
    report.add("picture-size", line, f"{{{braces}}} is no width of a picture{_why(braces)}", _MEND)
    return None


def _why(braces: str) -> str:
    if "height" in braces:
        return ": its height follows from its width"
    if re.match(r"\s*[.#]|\s*(?:class|style|id)\b", braces):
        return ": the theme sets the look"
    return ""
