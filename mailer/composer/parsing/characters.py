"""What an issue file may not hold is left out and reported where it comes first."""

from __future__ import annotations

import re

from mailer.composer.report import Report
from mailer.model.characters import FORBIDDEN, fault

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")


def normalised(source: str) -> str:
    """Without a byte-order mark, every line end a line feed."""
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def cleaned(text: str, report: Report, line: int) -> str:
    """`text` without forbidden characters; each kind is an error where it comes first.

    `line` is the line on which `text` begins.
    """
    found: dict[str, int] = {}
    for match in FORBIDDEN.finditer(text):
        found.setdefault(match[0], line + text.count("\n", 0, match.start()))
    for character, where in found.items():
        report.add("forbidden-character", where, fault(character), "delete it")
    return FORBIDDEN.sub("", text) if found else text


def cleaned_html(html: str, report: Report, line: int) -> str:
    """HTML without references to forbidden characters (`&#x7;`), which hide from `cleaned`."""

    def kept(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        wanted = code > 0x10FFFF or not FORBIDDEN.match(chr(code))
        return match[0] if wanted else cleaned(chr(code), report, line)

    return _REFERENCE.sub(kept, html)


def one_line(text: str, report: Report, line: int) -> str:
    """`text` cleaned, with every run of white space as one space."""
    return cleaned(" ".join(text.split()), report, line)
